// The action dial: what is asked of the box, and what is answered for each endpoint.
import t from 'tap';
import { DialRefused } from '../../../src/calls/index.js';
import { Api } from './api.js';

void t.test('each endpoint is called and answered for', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference({ name: 'Team' });
  const path = `/accounts/{A}/conferences/${id}`;
  const device = 'a'.repeat(32);
  const endpoints = ['+4930', 'sip:ada@192.0.2.7', device, { id: device, sip: {} }, '3001'];
  const { dial } = api;
  api.dial = (target, options) =>
    target === '3001' ? Promise.reject(new DialRefused('own-number', 'no')) : dial(target, options);
  const data = {
    endpoints,
    participant_flags: ['mute', 'is_moderator', 'disable_moh', 'video_mute'],
    caller_id_name: 'Ops',
    caller_id_number: '42',
    timeout: 7,
    profile_name: 'page',
  };
  const reply = await api.send('PUT', path, { action: 'dial', data });
  t.equal(reply.status, 202);
  t.match(reply.body, { status: 'success', message: 'attempted dial' });
  t.match((reply.data as { endpoint_responses: unknown[] }).endpoint_responses, [
    {
      endpoint_id: '+4930',
      call_id: 'dialled-1',
      job_id: 'dialled-1',
      status: 'success',
      message: 'dial resulted in call id dialled-1',
    },
    { endpoint_id: 'sip:ada@192.0.2.7', call_id: 'dialled-2', status: 'success' },
    { endpoint_id: device, status: 'error', message: /failed to start call: .*devices/ },
    { endpoint_id: device, status: 'error' },
    { endpoint_id: '3001', status: 'error', message: 'failed to start call: no' },
  ]);
  t.match(api.dialled, [
    {
      target: '+4930',
      options: {
        conferenceId: id,
        role: 'moderator',
        flags: { mute: true, deaf: false, ghost: false, disableMusic: true },
        joinExisting: false,
        callerName: 'Ops',
        callerNumber: '42',
        timeoutMs: 7000,
      },
    },
    {},
  ]);
});

void t.test('the least that is needed', async (t) => {
  const api = await Api.start(t);
  const path = `/accounts/{A}/conferences/${await api.conference()}`;
  const reply = await api.send('PUT', path, { data: { action: 'dial', data: { endpoints: ['17'] } } });
  t.equal(reply.status, 202);
  t.match(api.dialled, [{ options: { role: 'member', timeoutMs: 20_000, flags: { mute: false } } }]);
  t.notOk('callerName' in api.dialled[0]!.options);
});

void t.test("what is wrong is said in Kazoo's words, and nobody is called", async (t) => {
  const api = await Api.start(t);
  const path = `/accounts/{A}/conferences/${await api.conference()}`;
  const refused = async (data: Record<string, unknown>, fields: Record<string, unknown>) => {
    const reply = await api.send('PUT', path, { action: 'dial', data });
    t.match(
      reply,
      { status: 400, body: { message: 'validation error', data: fields } },
      JSON.stringify(data),
    );
  };
  await refused({}, { endpoints: { required: {} } });
  await refused({ endpoints: [] }, { endpoints: { minItems: { target: 1 } } });
  await refused({ endpoints: Array(33).fill('1') }, { endpoints: { maxItems: { target: 32 } } });
  await refused({ endpoints: '17' }, { endpoints: { type: {} } });
  await refused({ endpoints: [17] }, { 'endpoints.0': { type: {} } });
  await refused({ endpoints: ['17'], timeout: 0 }, { timeout: { minimum: {} } });
  await refused({ endpoints: ['17'], participant_flags: ['fly'] }, { 'participant_flags.0': { enum: {} } });
  await refused({ endpoints: ['17'], caller_id_number: 'a\r\nb' }, { caller_id_number: { pattern: {} } });
  t.same(api.dialled, []);
  const nowhere = `/accounts/{A}/conferences/${'0'.repeat(32)}`;
  t.equal((await api.send('PUT', nowhere, { action: 'dial', data: { endpoints: ['17'] } })).status, 404);
});
