// Editing everything that is written down about one conference. Two admins at once do not overwrite each other: the form
// carries the revision it was made of, and who comes second is shown both versions.
import { promptLanguages } from '../../calls/index.js';
import { PartylineError } from '../../errors.js';
import {
  ConflictError,
  InvalidDocumentError,
  keyOfAuthor,
  NumbersInUseError,
  type StoredConference,
} from '../../store/index.js';
import { allFields, sections } from './conference-fields.js';
import { byField, fillForm, numbersTaken, readForm, type FormErrors } from './conference-form.js';
import { fieldInputs, offers } from './conference-inputs.js';
import { existing, idOf } from './conference-pages.js';
import { flag, html, type Content, type Html } from './html.js';
import { heading, notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Answer, type Page } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'editor' | 'media' | 'facts'>;

/** Of the sounds that are offered. */
const mostSounds = 200;

const required = ['name'];
const noErrors: FormErrors = new Map();

export function editPages(router: PageRouter, parts: Parts): void {
  const { store, editor } = parts;

  router.get('/conferences/:id/edit', async (visit) => {
    const stored = await existing(parts, visit);
    const done = visit.query.get('done') === 'created' && notice('done', visit.texts.conference.created);
    return page(visit, stored, fillForm(stored.document, allFields), noErrors, done);
  });

  router.post('/conferences/:id/edit', async (visit): Promise<Answer> => {
    const { form, texts, admin } = visit;
    const id = idOf(visit);
    const stored = await store.conferences.get(id);
    if (!stored) throw new PartylineError('NOT_FOUND', 'Conference');
    const faulty = async (errors: FormErrors): Promise<Page> => ({
      ...(await page(visit, stored, form, errors, notice('wrong', texts.formFaulty))),
      status: 422,
    });
    const read = readForm(form, allFields, stored.document, required);
    if (!read.ok) return faulty(read.errors);
    const expectedRevision = Number(form.get('revision'));
    try {
      await editor.replace(id, read.document, { expectedRevision, author: admin.name });
      return { redirect: `/conferences/${id}?done=saved` };
    } catch (error) {
      if (error instanceof NumbersInUseError) return faulty(numbersTaken(error.numbers, form, allFields));
      if (error instanceof InvalidDocumentError) return faulty(byField(error.errors, allFields));
      if (!(error instanceof ConflictError)) throw error;
      const newest = { ...stored, revision: error.current };
      return { ...(await page(visit, newest, form, noErrors, await conflict(visit, id))), status: 409 };
    }
  });

  const page = async (...shown: Parameters<typeof editPage>): Promise<Page> => {
    const { body, ...rest } = editPage(...shown);
    return { ...rest, body: [body, await offered(shown[0], parts)] };
  };

  const conflict = async ({ texts, format }: AdminVisit, id: string): Promise<Html> => {
    const t = texts.conference;
    const last = (await store.changes.list({ subject: id, limit: 1 })).changes[0];
    const key = keyOfAuthor(last?.author ?? '');
    const author = key === undefined ? last?.author || t.anApi : t.aKey(key);
    return notice(
      'wrong',
      html`<p><strong>${t.changed(author, format.dateTime(last?.at ?? Date.now()))}</strong></p><p>${t.changedHelp}</p><p><a href="/conferences/${id}/edit" target="_blank" rel="noopener">${t.changedLook}</a></p>`,
    );
  };
}

/** The box's own sounds and languages, for the fields that take one. */
async function offered({ format }: AdminVisit, { media, facts }: Parts): Promise<Html> {
  const sounds = (await media.stored.list({ limit: mostSounds })).media.filter(({ sound }) => sound);
  const languages = await promptLanguages(facts.prompts);
  return html`<datalist id="${offers.sounds}">${sounds.map(
    ({ id, document }) => html`<option value="${id}">${document.name}</option>`,
  )}</datalist><datalist id="${offers.languages}">${languages.map(
    ({ language }) => html`<option value="${language}">${format.language(language)}</option>`,
  )}</datalist>`;
}

function editPage(
  visit: AdminVisit,
  { id, revision, document }: StoredConference,
  form: URLSearchParams,
  errors: FormErrors,
  message: Content,
): Page {
  const { texts } = visit;
  const title = texts.conference.editTitle(document.name ?? texts.unnamed);
  const conflicts = visit.request.method === 'POST' && errors.size === 0;
  const general = errors.get('');
  const body = html`<section class="narrow">${heading(title)}${message}${general && notice('wrong', general.message)}${postForm(
    visit,
    `/conferences/${id}/edit`,
    html`<input type="hidden" name="revision" value="${revision}">${sections
      .filter(({ fields }) => fields.length > 0)
      .map((section, index) => {
        const faulty = section.fields.some(({ path }) => errors.has(path));
        const inputs = fieldInputs(texts, section.fields, form, errors, {
          required,
          autofocus: faulty,
        });
        return html`<details class="section"${flag('open', index === 0 || faulty)}><summary><h2>${texts.sections[section.id]}</h2></summary>${inputs}</details>`;
      })}<div class="buttons sticky"><button class="primary">${conflicts ? texts.conference.changedSave : texts.save}</button><a class="button" href="/conferences/${id}">${texts.cancel}</a></div>`,
    { class: 'sections' },
  )}</section>`;
  return { title, body, nav: 'conferences' };
}
