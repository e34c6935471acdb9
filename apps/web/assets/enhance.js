// Everything works without this file. It spares a page load where a filter or a colour is chosen,
// suggests words, and keeps a second press of a button from being sent.

// Forms that are sent once: the second press is ignored, and the button says what is going on.
addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || !('once' in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  const button = event.submitter;
  if (!button) return;
  button.setAttribute('aria-disabled', 'true');
  if (form.dataset.once) {
    button.dataset.words = button.textContent;
    button.textContent = form.dataset.once;
  }
});

// A page that comes back from the browser's memory has its buttons back.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('[aria-disabled]')) {
      button.removeAttribute('aria-disabled');
      if (button.dataset.words) button.textContent = button.dataset.words;
    }
  }
});

const say = document.createElement('p');
say.className = 'vh';
say.setAttribute('role', 'status');
document.body.append(say);

// How to find the same control again in the page that replaces this one.
const placeOf = (element) => {
  if (!element || element === document.body) return undefined;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) {
    const value = element.type === 'checkbox' ? `[value="${CSS.escape(element.value)}"]` : '';
    return `main [name="${CSS.escape(element.name)}"]${value}`;
  }
  return element.dataset.place ? `[data-place="${CSS.escape(element.dataset.place)}"]` : undefined;
};

// A part that was opened stays open, though others may have come or gone around it.
const nameOf = (details) =>
  details.closest('fieldset')?.querySelector('legend')?.textContent ??
  details.querySelector('summary').textContent.replace(/\(.*/, '').trim();

const placeInHistory = () => location.pathname + location.search;
let shown = placeInHistory();
let swapping;
const swap = async (url, isNew) => {
  swapping?.abort();
  swapping = new AbortController();
  try {
    const answer = await fetch(url, { signal: swapping.signal, headers: { accept: 'text/html' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const parts = [...document.querySelectorAll('main details')];
    const open = new Map(parts.map((each) => [nameOf(each), each.open]));
    const place = placeOf(document.activeElement);
    if (isNew) history.pushState(null, '', answer.url);
    document.title = next.title;
    const main = document.querySelector('main');
    const nextMain = next.querySelector('main');
    main.replaceChildren(...nextMain.childNodes);
    if (nextMain.dataset.refresh) main.dataset.refresh = nextMain.dataset.refresh;
    else delete main.dataset.refresh;
    for (const each of main.querySelectorAll('details')) {
      each.open = open.get(nameOf(each)) ?? each.open;
    }
    shown = placeInHistory();
    if (place) document.querySelector(place)?.focus({ preventScroll: true });
    const news = document.querySelector('.list-total, .product-price, h1')?.textContent ?? '';
    if (say.textContent !== news) say.textContent = news;
    watch();
  } catch (error) {
    if (error.name !== 'AbortError') location.assign(url);
  }
};

// A page about something that is still under way asks again, in place.
let watching;
const watch = () => {
  clearTimeout(watching);
  const { refresh } = document.querySelector('main').dataset;
  if (refresh) watching = setTimeout(() => void swap(location.href, false), refresh * 1000);
};
watch();
addEventListener('popstate', () => {
  if (placeInHistory() !== shown) void swap(location.href, false);
});

addEventListener('change', (event) => {
  const form = event.target.form;
  if (!form || !('live' in form.dataset)) return;
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
  void swap(`${form.action}?${query}`, true);
});

addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-place]');
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  event.preventDefault();
  void swap(link.href.replace(/#.*/, ''), true);
});

document.querySelector('[data-take-focus]')?.focus();

// Suggestions: a combobox as the ARIA practices have it.
const search = document.querySelector('form[data-suggest]');
if (search) {
  const input = search.querySelector('input');
  const list = document.createElement('div');
  list.id = 'suggestions';
  list.className = 'suggestions';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  search.append(list);
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-expanded', 'false'],
    ['aria-controls', list.id],
    ['aria-autocomplete', 'list'],
  ]) {
    input.setAttribute(name, value);
  }
  let at = -1;
  const choose = (index) => {
    at = index;
    for (const [i, option] of [...list.children].entries()) {
      option.setAttribute('aria-selected', String(i === at));
    }
    if (at < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', list.children[at].id);
  };
  const show = (isShown) => {
    list.hidden = !isShown;
    input.setAttribute('aria-expanded', String(isShown));
    choose(-1);
  };
  const fillList = (items) => {
    list.replaceChildren(
      ...items.map(({ title, href, note }, i) => {
        const option = document.createElement('div');
        option.id = `suggestion-${i}`;
        option.setAttribute('role', 'option');
        option.dataset.href = href;
        option.textContent = title;
        if (note)
          option.append(Object.assign(document.createElement('small'), { textContent: note }));
        return option;
      }),
    );
    show(items.length > 0);
  };
  const suggest = async (words) => {
    try {
      const answer = await fetch(`${search.dataset.suggest}?${new URLSearchParams({ q: words })}`);
      const { items } = await answer.json();
      if (input.value.trim() === words && document.activeElement === input) fillList(items);
    } catch {
      show(false);
    }
  };
  let timer;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    const words = input.value.trim();
    if (words.length < 2) return show(false);
    timer = setTimeout(() => void suggest(words), 120);
  });
  input.addEventListener('keydown', (event) => {
    const { length } = list.children;
    if (list.hidden || length === 0) return;
    if (event.key === 'ArrowDown') choose((at + 1) % length);
    else if (event.key === 'ArrowUp') choose((at <= 0 ? length : at) - 1);
    else if (event.key === 'Escape') show(false);
    else if (event.key === 'Enter' && at >= 0) location.assign(list.children[at].dataset.href);
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', () => show(false));
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const option = event.target.closest('[role=option]');
    if (option) location.assign(option.dataset.href);
  });
}
