// SPDX-License-Identifier: Apache-2.0
// What every JavaScript client is put through: one JSON line for each step, with what the client saw.

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

export const options = () => {
  const [url, chat, key, mode] = process.argv.slice(2);
  return {url: new URL(url), mode, headers: {'X-Chat-Id': chat, Authorization: `Bearer ${key}`}};
};

// client: {connect, list, call(name, arguments, options), close}, each as the SDK in question has it.
export async function takeSteps(client) {
  const step = async (name, work) => {
    try {
      console.log(JSON.stringify({step: name, ...await work()}));
    } catch (error) {
      console.log(JSON.stringify({step: name, error: {name: error.name, code: error.code, message: error.message}}));
    }
  };
  const bash = (command, how) => client.call('bash_tool', {command}, how);
  const text = result => result.content[0].text;
  const running = async pattern => parseInt(text(await bash(`pgrep -cf '^${pattern}'`)), 10);
  const until_running = async pattern => {
    const began = Date.now();
    while (await running(pattern) !== 1) {
      if (Date.now() - began > 20_000) throw new Error(`${pattern} does not run`);
      await pause(50);
    }
  };
  const end_of = async pattern => {
    const began = Date.now();
    while (Date.now() - began < 8000) {
      if (await running(pattern) === 0) return {gone_after_ms: Date.now() - began};
      await pause(50);
    }
    await bash(`pkill -f '^${pattern}'`);
    return {goes_on: true};
  };

  await step('initialize', () => client.connect());
  await step('list', async () => ({tools: (await client.list()).tools.map(tool => tool.name)}));
  await step('call', async () => ({result: await bash('echo hi; id -un')}));
  await step('progress', async () => {
    const notes = [];
    const result = await bash('for i in 1 2 3; do echo part $i; sleep 0.4; done', {onprogress: note => notes.push(note)});
    return {notes, text: text(result)};
  });
  await step('cancel', async () => {
    const stop = new AbortController();
    const call = bash('sleep 4321', {signal: stop.signal}).then(() => 'answered', () => 'rejected');
    await until_running('sleep 4321');
    stop.abort('the person pressed stop');
    return {call: await call, ...await end_of('sleep 4321')};
  });
  await step('timeout', async () => {
    const call = await bash('touch began-5432; sleep 5432', {timeout: 2000}).then(() => 'answered', () => 'rejected');
    return {call, ...await end_of('sleep 5432'), began: text(await bash('ls began-5432')).startsWith('began')};
  });
  await step('failing-command', async () => ({result: await bash('echo oops >&2; exit 3')}));
  await step('bad-argument', async () => ({result: await client.call('bash_tool', {command: 7})}));
  await step('unknown-tool', async () => ({result: await client.call('no_such_tool', {})}));
  await step('large-output', async () => ({result: await bash('seq 1 300000')}));
  await step('slow-call', async () => ({text: text(await bash('sleep 5; echo slow'))}));
  await step('close', async () => ({closed: await client.close() ?? true}));
}
