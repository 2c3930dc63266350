using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Tokenline.Host;

/// <summary>Shows an answer of the management API: as JSON where a script reads it, as a table or a list of fields where a person does.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="columns">What a table shows of each item; null is everything.</param>
    public static void Show(JsonElement answer, bool asJson, string[]? columns = null)
    {
        if (answer.ValueKind == JsonValueKind.Undefined)
            return;
        if (asJson)
        {
            Terminal.Current.Out.WriteLine(JsonSerializer.Serialize(answer, indented));
            return;
        }
        ShowTable(answer, columns);
    }

    private static void ShowTable(JsonElement answer, string[]? columns)
    {
        // A page is an object with one list of items.
        var items = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("items", out var list) ? list : answer;
        var rows = items.ValueKind == JsonValueKind.Array ? items.EnumerateArray().Select(Flat).ToList() : [Flat(items)];
        if (items.ValueKind != JsonValueKind.Array)
        {
            foreach (var (name, value) in rows[0])
                Terminal.Current.Out.WriteLine($"{name, -24} {value}");
            return;
        }
        if (rows.Count == 0)
        {
            Terminal.Current.Out.WriteLine("none");
            return;
        }
        columns ??= [.. rows.SelectMany(row => row.Keys).Distinct()];
        Table(columns, rows.Select(row => columns.Select(column => Brief(row.GetValueOrDefault(column, ""))).ToArray()));
    }

    public static void Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(Markup.Escape(column), settings => settings.NoWrap());
        foreach (var row in rows)
            table.AddRow(row.Select(Markup.Escape).ToArray());
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.Detect, Out = new AnsiConsoleOutput(Terminal.Current.Out) }
        );
        if (Console.IsOutputRedirected || Terminal.Current.Out != Console.Out)
            console.Profile.Width = 4096; // a file has no edge to wrap at
        console.Write(table);
    }

    private const int CellMax = 120;

    /// <summary>A long list in a cell is cut after its first items; what shows one thing alone, and --json, have it whole.</summary>
    private static string Brief(string cell)
    {
        var parts = cell.Length <= CellMax ? [] : cell.Split(", ");
        return parts.Length > 4 ? $"{string.Join(", ", parts[..3])} and {parts.Length - 3} more" : cell;
    }

    private static string Shown(string text) =>
        text.Length >= 20 && text[4] == '-' && text[10] == 'T' && char.IsAsciiDigit(text[0]) ? Verbs.Instants.Shown(text) : text;

    /// <summary>What says itself in its <c>text</c> need not be taken apart: of a limit, its text and what it has counted.</summary>
    private static string InOneCell(JsonElement item)
    {
        var fields = Flat(item);
        return fields.Remove("text", out var text)
            ? string.Join(
                ' ',
                fields.Where(f => !f.Key.Contains('.', StringComparison.Ordinal)).Select(f => $"{f.Key}={f.Value}").Prepend(text)
            )
            : string.Join(' ', fields.Select(f => $"{f.Key}={f.Value}"));
    }

    /// <summary>Nested fields with dotted names; lists of plain values in one cell.</summary>
    private static Dictionary<string, string> Flat(JsonElement element)
    {
        var fields = new Dictionary<string, string>();
        Add("", element);
        return fields;

        void Add(string name, JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (var field in value.EnumerateObject())
                    Add(name.Length == 0 ? field.Name : $"{name}.{field.Name}", field.Value);
            }
            else if (value.ValueKind == JsonValueKind.Array)
            {
                fields[name] = string.Join(
                    ", ",
                    value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object ? InOneCell(item) : item.ToString())
                );
            }
            else if (value.ValueKind != JsonValueKind.Null)
            {
                fields[name.Length == 0 ? "value" : name] = Shown(value.ToString());
            }
        }
    }
}
