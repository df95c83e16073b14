#!/usr/bin/env bash
# The demonstration: "bash scripts/demo.sh LIBRARY STORE" indexes a folder, asks three questions, and
# says how to go on. The last two of the five steps that `make demo` counts.
set -eu
cd "$(dirname "$0")/.."

library=$1
store=$2
ibid=.venv/bin/ibid

echo "[4/5] reading and indexing $library"
"$ibid" index "$library" --store "$store"

echo "[5/5] asking three questions"
if [ "${library%/}" = corpus/sample ]; then
  questions=$(printf '%s\n' \
    "How many people died in the famine of 1921?" \
    "What were the scissors that Trotsky spoke of?" \
    "Why did the grain deliveries fall short in the winter of 1927 to 1928?")
else
  questions=$(.venv/bin/python scripts/questions.py "$store")
fi
asked=""
while IFS= read -r question; do
  asked=${asked:-$question}
  printf '\n$ ibid ask "%s"\n\n' "$question"
  "$ibid" ask "$question" --store "$store"
done <<<"$questions"

cat <<END

Every quotation above was checked, character for character, against the file before it was shown.
How to go on:

  $ibid ask "$asked" --store $store
  $ibid ask "When should one prune an apple tree?" --store $store
      what the library does not answer is declined
  $ibid serve --store $store
      the same over HTTP, with a page that shows each quotation in its document
  make demo LIBRARY=path/to/your/books
      the same with your own .txt and .md files; their index goes to var/ibid
END
