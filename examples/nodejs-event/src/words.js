'use strict';

// Words with their counts, most frequent first, then alphabetically.
exports.countWords = (text) => {
  const counts = new Map();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || []) {
    counts.set(word, (counts.get(word) || 0) + 1);
  }
  return [...counts]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
};
