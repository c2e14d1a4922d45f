"use strict";

// Renders openapi.json. Everything from the document goes in as text, never as HTML.

const BODY_MAX = 100000;

function element(name, options = {}, ...children) {
  const { className, text, ...rest } = options;
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  for (const [key, value] of Object.entries(rest)) node.setAttribute(key, value);
  node.append(...children.filter(Boolean));
  return node;
}

function resolve(api, schema) {
  let current = schema;
  for (let depth = 0; depth < 16 && current && current.$ref; depth += 1) {
    current = current.$ref.slice(2).split("/").reduce((at, step) => at?.[step], api);
  }
  return current ?? {};
}

function example(api, schema, depth = 0) {
  const known = resolve(api, schema);
  if (depth > 6 || typeof known !== "object") return null;
  if ("example" in known) return known.example;
  if ("default" in known) return known.default;
  if ("const" in known) return known.const;
  if (known.enum) return known.enum[0];
  const inner = known.anyOf ?? known.oneOf ?? known.allOf;
  if (inner && inner.length) return example(api, inner[0], depth + 1);
  const type = Array.isArray(known.type) ? known.type[0] : known.type;
  if (type === "object" || known.properties) {
    const fields = Object.entries(known.properties ?? {});
    return Object.fromEntries(fields.map(([name, field]) => [name, example(api, field, depth + 1)]));
  }
  if (type === "array") return known.items ? [example(api, known.items, depth + 1)] : [];
  return { string: "text", integer: 1, number: 1.5, boolean: true }[type] ?? null;
}

function typeName(api, schema) {
  const known = resolve(api, schema);
  const inner = known.anyOf ?? known.oneOf;
  if (inner) return inner.map((one) => typeName(api, one)).join(" | ");
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (known.type === "array") return `array of ${typeName(api, known.items ?? {})}`;
  return [].concat(known.type ?? "any").join(" | ");
}

function parameterTable(api, parameters) {
  const rows = parameters.map((parameter) =>
    element("tr", {},
      element("td", { text: parameter.name }),
      element("td", { text: parameter.in + (parameter.required ? ", required" : "") }),
      element("td", { text: typeName(api, parameter.schema) }),
      element("td", { text: parameter.description ?? "" })));
  return element("table", {}, element("tbody", {}, ...rows));
}

function schemaBlock(title, schema) {
  return element("section", {},
    element("h3", { text: title }),
    element("pre", { text: JSON.stringify(schema, null, 2) }));
}

function tryForm(api, path, method, operation) {
  const form = element("form");
  const inputs = [];
  for (const parameter of operation.parameters ?? []) {
    const input = element("input", { name: parameter.name });
    inputs.push([parameter, input]);
    form.append(element("label", {}, element("span", { text: parameter.name }), input));
  }
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  let body;
  if (schema || ["post", "put", "patch"].includes(method)) {
    body = element("textarea", { name: "body", spellcheck: "false" });
    body.value = schema ? JSON.stringify(example(api, schema), null, 2) : "";
    form.append(element("label", {}, element("span", { text: "body" }), body));
  }
  const output = element("pre", { text: "" });
  output.hidden = true;
  form.append(element("button", { type: "submit", text: "Send" }), output);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(path, method, inputs, body?.value, output);
  });
  return element("section", {}, element("h3", { text: "Try it" }), form);
}

async function send(path, method, inputs, body, output) {
  const headers = {};
  const query = new URLSearchParams();
  let target = path;
  for (const [parameter, input] of inputs) {
    if (parameter.in === "path") {
      target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    } else if (input.value !== "") {
      if (parameter.in === "query") query.append(parameter.name, input.value);
      else headers[parameter.name] = input.value;
    }
  }
  if (body) headers["content-type"] = "application/json";
  const base = document.baseURI.replace(/\/docs\/?(#.*)?$/, "");
  const url = base + target + (query.size ? `?${query}` : "");
  output.hidden = false;
  output.textContent = "…";
  try {
    const response = await fetch(url, { method: method.toUpperCase(), headers, body: body || undefined });
    const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const text = (await response.text()).slice(0, BODY_MAX);
    output.textContent = `${response.status} ${response.statusText}\n${lines}\n\n${text}`;
  } catch (error) {
    output.textContent = String(error);
  }
}

function operationBlock(api, path, method, operation) {
  const content = element("div");
  const block = element("details", { className: "operation" },
    element("summary", {},
      element("span", { className: "method", text: method.toUpperCase() }),
      element("span", { className: "path", text: path }),
      element("span", { className: "summary", text: operation.summary ?? "" })),
    content);
  block.dataset.text = `${method} ${path} ${operation.summary ?? ""} ${operation.operationId}`.toLowerCase();
  block.addEventListener("toggle", () => {
    if (!block.open || content.childElementCount) return;
    if (operation.parameters) {
      content.append(element("h3", { text: "Parameters" }), parameterTable(api, operation.parameters));
    }
    const schema = operation.requestBody?.content?.["application/json"]?.schema;
    if (schema) content.append(schemaBlock("Body", schema));
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const [kind, media] = Object.entries(response.content ?? {})[0] ?? [];
      if (kind) content.append(schemaBlock(`${status} · ${kind}`, media.schema));
    }
    content.append(tryForm(api, path, method, operation));
  });
  return block;
}

function eventBlock(api, topic, event) {
  const content = element("div");
  const block = element("details", { className: "operation" },
    element("summary", {},
      element("span", { className: "method", text: "EVENT" }),
      element("span", { className: "path", text: topic }),
      element("span", { className: "summary", text: event.description ?? "" })),
    content);
  block.dataset.text = `event ${topic} ${event.description ?? ""}`.toLowerCase();
  block.addEventListener("toggle", () => {
    if (block.open && !content.childElementCount) {
      content.append(schemaBlock("Payload", resolve(api, event.payload)));
    }
  });
  return block;
}

function render(api) {
  document.getElementById("title").textContent = api.info.title;
  document.title = `${api.info.title} · API reference`;
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationBlock(api, path, method, operation));
    }
  }
  const main = document.getElementById("operations");
  main.replaceChildren();
  if (!groups.size) main.append(element("p", { text: "No api steps yet." }));
  for (const [tag, blocks] of groups) {
    if (tag) main.append(element("h2", { text: tag }));
    main.append(...blocks);
  }
  const events = Object.entries(api["x-events"] ?? {});
  if (events.length) {
    main.append(element("h2", { text: "Events" }), ...events.map(([topic, event]) => eventBlock(api, topic, event)));
  }
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const block of main.querySelectorAll(".operation")) block.hidden = !block.dataset.text.includes(wanted);
  });
}

fetch("openapi.json")
  .then((response) => response.json())
  .then(render)
  .catch((error) => { document.getElementById("operations").textContent = String(error); });
