// SPDX-License-Identifier: Apache-2.0
// The TypeScript SDK v1: node sdk_v1.mjs URL CHAT KEY
import {Client} from '@modelcontextprotocol/sdk/client/index.js';
import {StreamableHTTPClientTransport} from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {options, takeSteps} from './steps.mjs';

const {url, headers} = options();
const client = new Client({name: 'sdk-v1', version: '0'});
const transport = new StreamableHTTPClientTransport(url, {requestInit: {headers}});

await takeSteps({
  connect: async () => {
    await client.connect(transport);
    return {version: transport.protocolVersion, server: client.getServerVersion(), instructions: client.getInstructions()};
  },
  list: () => client.listTools(),
  call: (name, args, how) => client.callTool({name, arguments: args}, undefined, how),
  close: () => client.close(),
});
