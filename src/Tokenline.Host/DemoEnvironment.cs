using Tokenline.Commerce;
using Tokenline.Commerce.Staff;

namespace Tokenline.Host;

/// <summary>The file <c>demo.env</c>: <c>source</c> it, and any OpenAI or Anthropic SDK finds this server and its demo key.</summary>
internal sealed record DemoEnvironment(string Url, string Key, string AdminKey)
{
    private const string KeyLine = "export OPENAI_API_KEY=";

    /// <summary>The demo key that an earlier start has written; it is stored nowhere else in the clear.</summary>
    public static string? KnownKey(string file) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(KeyLine, StringComparison.Ordinal))?[KeyLine.Length..]
            : null;

    public void Write(string file) =>
        DataFolder.WritePrivately(
            file,
            $"""
            export TOKENLINE_URL={Url}
            export TOKENLINE_ADMIN_KEY={AdminKey}
            export OPENAI_BASE_URL={Url}/v1
            {KeyLine}{Key}
            export ANTHROPIC_BASE_URL={Url}
            export ANTHROPIC_API_KEY={Key}

            # Who signs in at {Url}/sign-in, where the code is shown: a subscriber {DemoSeed.PhoneNumber};
            {string.Join("\n", DemoStaff.All.Select(one => $"# {one.PhoneNumber} {one.Name}"))}

            """
        );
}
