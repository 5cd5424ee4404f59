'use strict';

// node --test src/
const assert = require('node:assert');
const test = require('node:test');

const { countWords } = require('./words');

test('words are counted, the most frequent first', () => {
  assert.deepStrictEqual(countWords('To be or not to be: be!'), [
    { word: 'be', count: 3 },
    { word: 'to', count: 2 },
    { word: 'not', count: 1 },
    { word: 'or', count: 1 },
  ]);
});
