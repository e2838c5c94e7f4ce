// Runs before anything is painted, so that a page in the dark does not begin with a flash of white.
"use strict";
{
  const chosen = localStorage.getItem("attest.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
