// SPDX-License-Identifier: Apache-2.0
// A desktop client's way: it speaks stdio with mcp-remote, which speaks HTTP with the server: node mcp_remote.mjs URL CHAT KEY legacy|auto
import {fileURLToPath} from 'node:url';
import {Client} from '@modelcontextprotocol/sdk/client/index.js';
import {StdioClientTransport} from '@modelcontextprotocol/sdk/client/stdio.js';
import {options, takeSteps} from './steps.mjs';

const {url, headers, mode} = options();
const client = new Client({name: 'desktop', version: '0'});
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [
    fileURLToPath(new URL('node_modules/mcp-remote/dist/proxy.js', import.meta.url)), url.href, '--allow-http', '--protocol', mode,
    '--header', `X-Chat-Id:${headers['X-Chat-Id']}`, '--header', 'Authorization:${AUTH}',
  ],
  // It keeps its state under HOME.
  env: {PATH: process.env.PATH, HOME: process.env.HOME, AUTH: headers.Authorization},
});

await takeSteps({
  connect: async () => {
    await client.connect(transport);
    return {server: client.getServerVersion(), instructions: client.getInstructions()};
  },
  list: () => client.listTools(),
  call: (name, args, how) => client.callTool({name, arguments: args}, undefined, how),
  close: () => client.close(),
});
