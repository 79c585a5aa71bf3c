// Completion for fields that search names. Without this script a field is a plain form.
"use strict";

(() => {
  const { attach, byName, named } = window.rihlaCombobox;

  // What the form keeps (the bloc, the release) goes to the page as well.
  const carried = (page, form) => {
    const address = new URL(page, window.location.href);
    form.querySelectorAll("input[type=hidden]").forEach((kept) => {
      if (!address.searchParams.has(kept.name)) address.searchParams.set(kept.name, kept.value);
    });
    return address.href;
  };

  document.querySelectorAll("form[data-api] [role=combobox]").forEach((field) => {
    const list = document.getElementById(field.getAttribute("aria-controls"));
    if (!list) return;
    attach(field, list, {
      find: byName(field.form.dataset.api),
      show: named,
      take: ({ page }) => page && window.location.assign(carried(page, field.form)),
      least: 2,
      wait: 120,
    });
  });
})();
