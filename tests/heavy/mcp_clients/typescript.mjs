// The official TypeScript SDK as a client: node typescript.mjs COMMAND..., the calls on standard input, as [tool, arguments]
// pairs in JSON. Prints what it listed and what each call gave, as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(`${process.cwd()}/package.json`);
const load = (name) => import(pathToFileURL(installed.resolve(`@modelcontextprotocol/sdk/client/${name}`)));
const { Client } = await load("index.js");
const { StdioClientTransport } = await load("stdio.js");

const [command, ...args] = process.argv.slice(2);
const client = new Client({ name: "typescript", version: "1" });
const stray = [];
client.onerror = (error) => stray.push(String(error));
await client.connect(new StdioClientTransport({ command, args, env: process.env, stderr: "inherit" }));
const tools = (await client.listTools()).tools.map((tool) => tool.name); // it validates results by their schemas from now on
const resources = {};
for (const { uri } of (await client.listResources()).resources) {
  resources[uri] = (await client.readResource({ uri })).contents[0].text.length;
}
const prompts = (await client.listPrompts()).prompts.map((prompt) => prompt.name);

const results = [];
for (const [name, argumentsOfIt] of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const result = await client.callTool({ name, arguments: argumentsOfIt });
    results.push({ is_error: result.isError === true, structured: result.structuredContent ?? null });
  } catch (error) {
    results.push({ raised: `${error.code}: ${error.message}` });
  }
}
await client.close();
console.log(JSON.stringify({ tools, resources, prompts, results, stray }));
