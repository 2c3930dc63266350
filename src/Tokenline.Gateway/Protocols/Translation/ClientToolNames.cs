using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>
/// Tools of responses that other protocols know only as functions. A tool of a namespace gets a flat name; a custom tool, whose input is plain text,
/// becomes a function with the one argument <c>input</c>. The client's own list of tools turns both back in the answer.
/// </summary>
internal static class ClientToolNames
{
    /// <summary>The argument that holds a custom tool's input.</summary>
    public const string CustomInput = "input";

    private const int LengthMax = 64; // of a function's name with the strictest vendors
    private const int HashDigits = 8;

    /// <summary>What vendors call the tool. Too long a name ends in a hash of the whole.</summary>
    public static string Flat(string? space, string name)
    {
        if (string.IsNullOrEmpty(space))
            return name;
        var flat = space.EndsWith('_') || name.StartsWith('_') ? space + name : $"{space}__{name}";
        if (flat.Length <= LengthMax)
            return flat;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(flat)))[..HashDigits];
        return $"{flat.AsSpan(0, LengthMax - HashDigits - 1)}_{hash}";
    }

    /// <summary>The tools of a list whose calls must be turned back. What is malformed is left out: the reader of requests has refused it.</summary>
    public static void Collect(JsonElement tools, List<ClientTool> to, string? space = null)
    {
        if (tools.ValueKind != JsonValueKind.Array)
            return;
        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.Get("name").Text() is not { } name)
                continue;
            var type = tool.Get("type").Text();
            if (type == "namespace")
                Collect(tool.Get("tools"), to, name);
            else if (type == "custom" || space is not null)
                to.Add(new(Encoding.UTF8.GetBytes(Flat(space, name)), Utf8(space), Utf8(name), type == "custom"));
        }
    }

    private static byte[] Utf8(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);
}

/// <param name="Flat">What the vendor calls it.</param>
/// <param name="Space">The client's namespace, or empty.</param>
internal sealed record ClientTool(byte[] Flat, byte[] Space, byte[] Name, bool IsCustom);
