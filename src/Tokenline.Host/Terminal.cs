namespace Tokenline.Host;

/// <summary>What a verb sees of the process that it runs in: where it writes, and what the environment says. Whoever runs verbs inside a process of its own gives another.</summary>
/// <param name="IsWatched">Errors go to a screen, so that progress may be drawn there.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, Func<string, string?> Variable, bool IsWatched = false)
{
    private static readonly AsyncLocal<Terminal?> given = new();

    public static Terminal Current =>
        given.Value ?? new(Console.Out, Console.Error, Environment.GetEnvironmentVariable, !Console.IsErrorRedirected);

    /// <summary>For everything that is awaited from here on in the caller's flow.</summary>
    public static void Use(Terminal terminal) => given.Value = terminal;
}
