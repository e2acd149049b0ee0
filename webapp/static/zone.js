// Offers the time zone that the browser is in. Without this the list is chosen from by hand.
(() => {
  const list = document.querySelector("#zone");
  const offer = document.querySelector("#zone-offer");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!list || !offer || !here || list.value === here) return;

  const choose = () => {
    if (![...list.options].some((option) => option.value === here)) {
      list.append(new Option(here.split("/").pop().replaceAll("_", " "), here));
    }
    list.value = here;
  };

  offer.querySelector("b").textContent = here;
  offer.hidden = false;
  if (offer.dataset.guess) {
    choose();
    return;
  }
  offer.querySelector("button").addEventListener("click", () => {
    choose();
    offer.hidden = true;
    list.focus();
  });
})();
