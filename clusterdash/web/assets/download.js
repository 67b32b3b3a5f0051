// A click asks the server for the file; the answer comes with the next data and is saved once.
export default function ({ parentElement, data, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.ariaLabel = data.spoken;
  button.className = data.primary ? "primary" : "";
  button.onclick = () => setTriggerValue("wanted", true);
  if (!data.content || button.dataset.saved === data.ask) return;
  button.dataset.saved = data.ask;
  const bytes = Uint8Array.from(atob(data.content), (character) => character.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: data.type }));
  link.download = data.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
