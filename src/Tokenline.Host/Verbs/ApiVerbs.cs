using System.CommandLine;

namespace Tokenline.Host.Verbs;

/// <summary>What the verbs over the management API share: one call, one answer, shown.</summary>
internal static class ApiVerbs
{
    public static readonly Option<bool> Json = new("--json") { Description = "Print the answer as JSON, for scripts.", Recursive = true };

    /// <summary>On verbs that change an account.</summary>
    public static readonly Option<string?> Key = new("--idempotency-key")
    {
        Description = "Your own name for this change: given again it is the same change, and is made once.",
    };

    public static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
            group.Subcommands.Add(command);
        return group;
    }

    /// <summary>A command that reads: its path is made from what was typed.</summary>
    public static Command Get(string name, string description, Func<ParseResult, string> path, params Symbol[] symbols) =>
        Call(name, description, HttpMethod.Get, path, _ => null, symbols);

    /// <summary>A command that lists: a person sees these columns, a script everything.</summary>
    public static Command List(
        string name,
        string description,
        Func<ParseResult, string> path,
        string[] columns,
        params Symbol[] symbols
    ) => Call(name, description, HttpMethod.Get, path, _ => null, columns, symbols);

    public static Command Call(
        string name,
        string description,
        HttpMethod method,
        Func<ParseResult, string> path,
        Func<ParseResult, object?> body,
        params Symbol[] symbols
    ) => Call(name, description, method, path, body, null, symbols);

    private static Command Call(
        string name,
        string description,
        HttpMethod method,
        Func<ParseResult, string> path,
        Func<ParseResult, object?> body,
        string[]? columns,
        Symbol[] symbols
    )
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)symbol);
        }
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var (where, what) = (path(parsed), body(parsed)); // read files and numbers before anything is started
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                Output.Show(await management.SendAsync(method, where, what, cancellation, KeyOf(parsed)), parsed.GetValue(Json), columns);
                return 0;
            }
        );
        return command;
    }

    public static Argument<string> Id(string name, string description) => new(name) { Description = description };

    public static Option<string> Required(string name, string description) => new(name) { Description = description, Required = true };

    public static Option<string?> Optional(string name, string description) => new(name) { Description = description };

    public static string? KeyOf(ParseResult parsed) => parsed.GetResult(Key) is null ? null : parsed.GetValue(Key);

    public static string Escape(string? text) => Uri.EscapeDataString(text ?? "");
}
