// Where numbers go that the box calls: the outbound peer, shown, set and forgotten. Its password is never shown, and kept
// for as long as the user name stays the same and no other is given.
import { parsePeerUri, PeerError, peerUri, type OutboundPeer, type PeerField } from '../../store/index.js';
import { PartylineError } from '../../errors.js';
import { boxPage } from './box-pages.js';
import { input } from './form-fields.js';
import { html, type Content } from './html.js';
import { notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Answer, type Page } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'facts'>;

interface Fault {
  readonly field: PeerField | 'self';
}

export function outboundPages(router: PageRouter, { store, facts }: Parts): void {
  router.get('/box/outbound', async (visit) => {
    const t = visit.texts.outbound;
    const said: Record<string, string> = { saved: t.saved, cleared: t.cleared };
    const done = said[visit.query.get('done') ?? ''];
    return outboundPage(visit, await store.outboundPeer.get(), done && notice('done', done));
  });

  router.post('/box/outbound', async (visit): Promise<Answer> => {
    const before = await store.outboundPeer.get();
    const read = peerOf(visit.form, before);
    if ('field' in read) return faulty(visit, before, read);
    if (addressOf(read) === facts.sipHost) return faulty(visit, before, { field: 'self' });
    try {
      await store.outboundPeer.set(read, { author: visit.admin.name });
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      return faulty(visit, before, { field: error.field });
    }
    return { redirect: '/box/outbound?done=saved' };
  });

  router.post('/box/outbound/clear', async (visit) => {
    await store.outboundPeer.clear({ author: visit.admin.name });
    return { redirect: '/box/outbound?done=cleared' };
  });
}

/** What was filled in; the rules of the fields themselves are those of the store. */
function peerOf(form: URLSearchParams, before: OutboundPeer | undefined): OutboundPeer | Fault {
  const filled = (name: string) => form.get(name)?.trim() || undefined;
  let place: Pick<OutboundPeer, 'host' | 'port' | 'transport'>;
  try {
    place = parsePeerUri(filled('uri') ?? '');
  } catch (error) {
    if (!(error instanceof PartylineError)) throw error;
    return { field: 'uri' };
  }
  const user = filled('user');
  // A password may begin or end with a blank.
  const given = form.get('password') || undefined;
  const password = given ?? (user === before?.user ? before?.password : undefined);
  const callerNumber = filled('callerNumber');
  const callerName = filled('callerName');
  return {
    ...place,
    ...(user !== undefined && { user }),
    ...(password !== undefined && user !== undefined && { password }),
    ...(callerNumber !== undefined && { callerNumber }),
    ...(callerName !== undefined && { callerName }),
  };
}

/** As BoxFacts.sipHost is written. */
function addressOf({ host, port = 5060 }: OutboundPeer): string {
  return port === 5060 ? host : `${host}:${port}`;
}

function faulty(visit: AdminVisit, before: OutboundPeer | undefined, fault: Fault): Page {
  return { ...outboundPage(visit, before, notice('wrong', visit.texts.formFaulty), fault), status: 422 };
}

function outboundPage(
  visit: AdminVisit,
  peer: OutboundPeer | undefined,
  message: Content,
  fault?: Fault,
): Page {
  const { texts, form } = visit;
  const t = texts.outbound;
  const known: Record<string, string | undefined> = {
    uri: peer && peerUri(peer),
    user: peer?.user,
    callerNumber: peer?.callerNumber,
    callerName: peer?.callerName,
  };
  const field = fault?.field === 'self' ? 'uri' : fault?.field;
  const text = (name: 'uri' | 'user' | 'callerNumber' | 'callerName', maxlength: number) =>
    input({
      name,
      label: t.fields[name].label,
      help: t.fields[name].help,
      value: (fault ? form.get(name) : known[name]) ?? '',
      error: fault && field === name ? t.errors[fault.field] : undefined,
      maxlength,
      required: name === 'uri',
      autofocus: field === name,
    });
  const password = input({
    name: 'password',
    label: t.fields.password.label,
    help: peer?.password === undefined ? t.fields.password.help : t.passwordKept,
    error: field === 'password' ? t.errors.password : undefined,
    type: 'password',
    autocomplete: 'new-password',
    maxlength: 128,
    autofocus: field === 'password',
  });
  const content = html`${message}<p>${t.intro}</p>${!peer && html`<p class="empty">${t.none}</p>`}
<section class="card narrow left">${postForm(
    visit,
    '/box/outbound',
    html`${text('uri', 300)}${text('user', 128)}${password}${text('callerNumber', 64)}${text('callerName', 128)}<div class="buttons"><button class="primary">${texts.save}</button></div>`,
  )}</section>${
    peer &&
    html`<section class="card narrow left"><h2>${t.clear}</h2><p>${t.clearHelp}</p>${postForm(visit, '/box/outbound/clear', html`<button class="danger">${t.clear}</button>`)}</section>`
  }`;
  return boxPage(visit, 'outbound', t.title, content);
}
