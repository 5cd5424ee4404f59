'use strict';

const { countWords } = require('./words');

// {"text": "…"} in, the most frequent words out.
exports.main_handler = async (event, context) => {
  const words = countWords(event.text || '');
  console.log(`request ${context.request_id}: ${words.length} different words`);
  return { different: words.length, most: words.slice(0, Number(process.env.MOST)) };
};
