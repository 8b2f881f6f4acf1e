"""Find text in the panel's code that reaches Markdown or Plotly without being made safe.

Two types are safe: `Markdown` and `PlotlyText`. mypy checks the functions that return or take them.
The rest is checked here: what is given to Streamlit and Plotly, and what is declared to be of these
types. Each such expression must be made of literals, translations, numbers with a format, and of
values of the two types.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

NUMBER = re.compile(r"^[,+]?(\d*)(\.\d+)?[dfeg%]$")
"""A format that text does not survive."""
FIELD = re.compile(r"\{(\w+)(?::([^}]*))?\}")
PLAIN = {
    "App": "",
    "Page": "the navigation draws plain text",
    "cache_data": "",
    "cache_resource": "",
    "code": "draws its letters",
    "column_config": "",
    "columns": "",
    "component": "ours",
    "container": "",
    "dataframe": "draws on a canvas",
    "empty": "",
    "fragment": "",
    "graphviz_chart": "has an escape of its own",
    "grid": "",
    "html": "files of ours",
    "logo": "",
    "navigation": "",
    "plotly_chart": "its figure is looked at where it is made",
    "rerun": "",
    "set_page_config": "",
    "switch_page": "",
    "table": "its cells have the type Markdown",
}
"""What Streamlit does not read as Markdown."""
METHODS = {
    "markdown",
    "caption",
    "error",
    "warning",
    "info",
    "success",
    "write",
    "toast",
    "title",
    "header",
    "subheader",
}
"""Of any object but a logger: a container may be told to write, too."""
CHOICES = {"segmented_control", "pills", "radio", "tabs"}
"""Their options are Markdown, too."""
SHOWN = {"label", "body", "help", "title", "text"}
DRAWN = {"text", "ticktext", "title", "name", "hovertemplate", "texttemplate", "hovertext", "customdata"}
"""What Plotly draws."""
FIGURES = {"go", "figure", "column"}
SAFE_TYPES = {
    "Markdown": {"escape", "paragraph", "sentence", "code", "link", "table"},
    "PlotlyText": {"plotly_text", "label"},
}


@dataclass
class Panel:
    """The panel's code by file, and the exceptions with their reasons.

    An exception is an expression, or an expression in one file.
    """

    files: Mapping[Path, str]
    explained: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def trees(self) -> dict[Path, ast.Module]:
        return {file: ast.parse(text) for file, text in self.files.items()}

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """Map each name that a file assigns at its top to its value."""
        constants: dict[str, ast.expr] = {}
        for tree in self.trees.values():
            for node in tree.body:
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                        names = target.elts if isinstance(target, ast.Tuple) else [target]
                        constants |= {name.id: node.value for name in names if isinstance(name, ast.Name)}
        return constants

    def makers(self, safe_type: str) -> set[str]:
        """Name the functions that return a safe type."""
        return SAFE_TYPES[safe_type] | {
            node.name
            for tree in self.trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.returns and safe_type in ast.unparse(node.returns)
        }

    def problems(self) -> Iterator[str]:
        """Name each expression that is not safe, with file and line."""
        makers = {safe_type: self.makers(safe_type) for safe_type in SAFE_TYPES}
        for file, tree in self.trees.items():
            for scope in _scopes(tree):
                for safe_type, node in _given(scope):
                    if not Judge(self, safe_type, makers[safe_type], scope, file.name).is_safe(node):
                        yield f"{file}:{node.lineno}: {ast.unparse(node)}"


def _scopes(tree: ast.Module) -> Iterator[list[ast.AST]]:
    """List each function with those around it, the innermost first, and the file itself."""

    def within(node: ast.AST, around: list[ast.AST]) -> Iterator[list[ast.AST]]:
        yield [node, *around]
        for child in _functions_in(node):
            yield from within(child, [node, *around])

    yield from within(tree, [])


def _functions_in(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
        else:
            yield from _functions_in(child)


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Walk through a function without the functions in it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield from _own_nodes(child)


def _given(scope: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """List what a function gives to Streamlit or Plotly, or declares to be safe."""
    for call in _own_nodes(scope[0]):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Name) and call.func.id in SAFE_TYPES:
            yield call.func.id, call.args[0]
        elif isinstance(call.func, ast.Attribute):
            yield from _given_to(call, call.func)


def _given_to(call: ast.Call, method: ast.Attribute) -> Iterator[tuple[str, ast.expr]]:
    owner = ast.unparse(method.value)
    if owner in ("go", "figure"):
        yield from (("PlotlyText", each.value) for each in call.keywords if each.arg in DRAWN)
    is_streamlit = owner == "st" and method.attr not in PLAIN
    is_column = method.attr.endswith("Column")
    if is_streamlit or is_column or (method.attr in METHODS and owner != "logger"):
        several = 2 if method.attr in CHOICES else 1
        if not is_column and method.attr != "page_link":  # drawn on the canvas, and no text
            yield from (("Markdown", each) for each in call.args[:several])
        yield from (("Markdown", each.value) for each in call.keywords if each.arg in SHOWN)


@dataclass
class Judge:
    """Decides whether an expression in a function is safe for one type."""

    panel: Panel
    safe_type: str
    makers: set[str]
    scope: list[ast.AST]
    file: str
    under_way: set[str] = field(default_factory=set)

    def is_safe(self, node: ast.expr) -> bool:
        if self._is_explained(node):
            return True
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr(values=values):
                return all(self._is_safe_part(value) for value in values)
            case ast.IfExp(body=body, orelse=other):
                return self.is_safe(body) and self.is_safe(other)
            case ast.BinOp(left=left, op=ast.Mult()):
                return self.is_safe(left)
            case ast.BinOp(left=left, right=right):
                return self.is_safe(left) and self.is_safe(right)
            case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values) | ast.Dict(values=values):
                return all(self.is_safe(value) for value in values)
            case ast.Starred(value=value) | ast.NamedExpr(value=value) | ast.Subscript(value=value):
                return self.is_safe(value)
            case ast.ListComp(elt=value) | ast.GeneratorExp(elt=value) | ast.DictComp(value=value):
                return self._within(node).is_safe(value)
            case ast.Call():
                return self._is_safe_call(node)
            case ast.Name(id=name):
                return self._is_safe_name(name)
        return False

    def _is_explained(self, node: ast.expr) -> bool:
        """Say whether this very expression, or every call of this function, is among the exceptions."""
        called = node.func if isinstance(node, ast.Call) else node
        return bool({f"{self.file}: {ast.unparse(node)}", ast.unparse(called)} & self.panel.explained.keys())

    def _is_safe_part(self, part: ast.expr) -> bool:
        if not isinstance(part, ast.FormattedValue):
            return self.is_safe(part)
        spec = "".join(str(each.value) for each in _parts(part.format_spec) if isinstance(each, ast.Constant))
        return bool(NUMBER.match(spec)) or self.is_safe(part.value)

    def _is_safe_call(self, call: ast.Call) -> bool:
        match call.func:
            case ast.Name(id="_"):
                return True
            case ast.Name(id=name) if name == self.safe_type:
                return True  # looked at where it stands
            case ast.Name(id="list" | "cycle"):
                return all(self.is_safe(each) for each in call.args)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in self.makers:
                return True
            case ast.Attribute(value=template, attr="format"):
                return self.is_safe(template) and self._are_safe_fields(template, call)
            case ast.Attribute(value=value, attr="join" | "strip" | "values" | "get"):
                return self.is_safe(value) and all(self.is_safe(each) for each in call.args[-1:])
        return False

    def _are_safe_fields(self, template: ast.expr, call: ast.Call) -> bool:
        formats = {name: form for text in self._texts(template) for name, form in FIELD.findall(text)}
        return not call.args and all(
            NUMBER.match(formats.get(each.arg or "", "")) or self.is_safe(each.value) for each in call.keywords
        )

    def _texts(self, node: ast.expr) -> list[str]:
        """Find the literals that an expression may be."""
        if isinstance(node, ast.Name):
            return [text for value in self._values(node.id) for text in self._texts(value)]
        return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]

    def _is_safe_name(self, name: str) -> bool:
        if name in self.under_way:
            return True
        judge = Judge(self.panel, self.safe_type, self.makers, self.scope, self.file, self.under_way | {name})
        values = list(self._values(name))
        return bool(values) and all(judge.is_safe(value) for value in values)

    def _values(self, name: str) -> Iterator[ast.expr]:
        """List the values that a name may have, in the innermost function that has it.

        Of a typed parameter the type is enough.
        """
        for function in self.scope:
            if isinstance(function, ast.Module):
                break
            values = [*_assigned(function, name), *self._parameters(function, name)]
            if values:
                yield from values
                return
        if name in self.panel.constants:
            yield self.panel.constants[name]

    def _parameters(self, function: ast.AST, name: str) -> Iterator[ast.expr]:
        for each in function.args.args if isinstance(function, ast.FunctionDef | ast.Lambda) else ():
            if each.arg == name:
                is_typed = each.annotation is not None and self.safe_type in ast.unparse(each.annotation)
                yield ast.Constant("") if is_typed else ast.Name("?")

    def _within(self, comprehension: ast.AST) -> "Judge":
        return Judge(self.panel, self.safe_type, self.makers, [comprehension, *self.scope], self.file, self.under_way)


def _parts(spec: ast.expr | None) -> list[ast.expr]:
    return spec.values if isinstance(spec, ast.JoinedStr) else []


def _assigned(function: ast.AST, name: str) -> Iterator[ast.expr]:
    """List what is assigned to a name by `=`, `+=`, `:=`, `for` or `append`."""
    for node in _own_nodes(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from (_part(target, value, name) for target in targets if name in _names(target))
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                yield from [value] if name in _names(target) else []
            case ast.NamedExpr(target=target, value=value):
                yield from [value] if name in _names(target) else []
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield from [_each(target, value, name)] if name in _names(target) else []
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[value]):
                yield from [value] if name == owner else []


def _names(target: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(target) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _part(target: ast.expr, value: ast.expr, name: str) -> ast.expr:
    """Give what `name` gets in `a, b = x, y`."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return next(part for each, part in zip(target.elts, value.elts, strict=True) if name in _names(each))
    return value


def _each(target: ast.expr, value: ast.expr, name: str) -> ast.expr:
    """Give what `name` gets in `for a, b in zip(x, y)` or `in x.items()`."""
    match value:
        case ast.Call(func=ast.Name(id="zip"), args=args) if isinstance(target, ast.Tuple):
            return _part(target, ast.Tuple(args), name)
        case ast.Call(func=ast.Attribute(value=owner, attr="items")) if isinstance(target, ast.Tuple):
            return owner if name in _names(target.elts[1]) else ast.Name("?")
    return value
