export default function ({ data, parentElement }) {
  const panel = parentElement.querySelector(".panel");
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text ?? "";
    return made;
  };

  // from another machine over plain HTTP, browsers give no clipboard
  const copyOnPlainHttp = (text) => {
    const area = element("textarea");
    area.value = text;
    parentElement.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  const copy = async (button) => {
    const text = data.blocks.map((block) => block.code).join("\n\n\n");
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
    } else {
      copyOnPlainHttp(text);
    }
    button.textContent = data.copiedLabel;
    setTimeout(() => (button.textContent = data.copyLabel), 1500);
  };

  const ranges = data.blocks.map((block) => `${block.first}–${block.last}`).join(", ");
  const head = element("div", "head");
  const button = element("button", "copy", data.copyLabel);
  button.onclick = () => copy(button);
  head.append(element("span", "path", `${data.file} : ${ranges}`), button);

  const blocks = data.blocks.map((block) => {
    const made = element("div", "block");
    const code = element("pre", "code");
    code.innerHTML = block.html; // escaped and coloured by Pygments
    made.append(element("pre", "numbers", block.numbers), code);
    return made;
  });
  panel.replaceChildren(head, ...blocks);
}
