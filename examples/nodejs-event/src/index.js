'use strict';

const { countWords } = require('./words');

// Returns the most frequent words of {"text": "…"}.
exports.main_handler = async (event, context) => {
  const words = countWords(event.text || '');
  console.log(`request ${context.request_id}: ${words.length} different words`);
  return { different: words.length, most: words.slice(0, Number(process.env.MOST)) };
};
