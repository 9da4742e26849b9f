// What is around every page: the head, the menu, and the choice of the language.
import { attribute, html, type Html } from './html.js';
import { assetPaths } from './assets.js';
import { languages } from './texts/index.js';
import { postForm, type Page, type Visit } from './visit.js';

/** @param urgent what no page must hide from who is logged in */
export function layout(visit: Visit, page: Page, urgent?: Html): Html {
  const { texts, language, boxName, admin } = visit;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} – ${boxName}</title>
<link rel="icon" href="${assetPaths.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${assetPaths.style}">
<script src="${assetPaths.live}" defer></script>
</head>
<body>
<a class="skip" href="#content">${texts.skip}</a>
<header class="top">
<a class="brand" href="/"><img src="${assetPaths.icon}" alt="" width="28" height="28"><span>${boxName}</span></a>
${admin && menu(visit, page)}
</header>
<main id="content" tabindex="-1">${admin && urgent}${page.body}</main>
<footer class="bottom">${
    admin &&
    html`<span>${texts.loggedInAs(admin.name)}</span>${postForm(visit, '/logout', html`<button class="link">${texts.logOut}</button>`)}`
  }${languageChoice(visit)}</footer>
</body>
</html>`;
}

function menu({ texts }: Visit, page: Page): Html {
  const entry = (key: 'conferences' | 'calls' | 'box') =>
    html`<li><a href="/${key}"${attribute('aria-current', page.nav === key ? 'page' : undefined)}>${texts.nav[key]}</a></li>`;
  return html`<nav aria-label="${texts.nav.label}"><ul>${entry('conferences')}${entry('calls')}${entry('box')}</ul></nav>`;
}

function languageChoice(visit: Visit): Html {
  const choices = Object.entries(languages).map(([key, { languageName }]) =>
    key === visit.language
      ? html`<span aria-current="true" lang="${key}">${languageName}</span>`
      : html`<button class="link" name="language" value="${key}" lang="${key}">${languageName}</button>`,
  );
  const here = html`<input type="hidden" name="back" value="${visit.request.method === 'GET' ? visit.request.url : '/'}">`;
  return postForm(visit, '/language', html`${here}${choices}`, { class: 'languages' });
}

/** The heading of a page with what can be done beside it. */
export function heading(title: string, actions?: Html): Html {
  return html`<div class="heading"><h1>${title}</h1>${actions && html`<div class="actions">${actions}</div>`}</div>`;
}

/** Something that was done or went wrong, read out by screen readers. */
export function notice(kind: 'done' | 'wrong', content: Html | string): Html {
  return html`<div class="notice ${kind}" role="${kind === 'wrong' ? 'alert' : 'status'}">${content}</div>`;
}
