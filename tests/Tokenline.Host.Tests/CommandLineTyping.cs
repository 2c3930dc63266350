namespace Tokenline.Host.Tests;

/// <summary>A verb as it is typed: the real command tree, in this process, against a server.</summary>
internal static class CommandLineTyping
{
    public static async Task<(int Exit, string Output, string Error)> TypeAsync(
        string[] words,
        string url,
        string key,
        bool isWatched = false
    )
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Terminal.Use(
            new(
                output,
                error,
                name =>
                    name switch
                    {
                        "TOKENLINE_URL" => url,
                        "TOKENLINE_ADMIN_KEY" => key,
                        _ => null,
                    },
                isWatched
            )
        );
        var exit = await CommandLine.RunAsync(words);
        return (exit, output.ToString(), error.ToString());
    }
}
