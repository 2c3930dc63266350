using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>Ids of calls in the form that Anthropic takes. One that already has it stays; the same id is always the same id, in the call and in its result.</summary>
internal static class ToolCallIds
{
    private const int LengthMax = 64;

    private static readonly SearchValues<char> letters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
    );

    /// <summary>Letters, digits, dashes and underscores: what the strictest vendors take for a name of anything.</summary>
    public static bool IsPlain(string name) => !name.AsSpan().ContainsAnyExcept(letters);

    public static string ForMessages(string id)
    {
        if (id.Length is > 0 and <= LengthMax && IsPlain(id))
            return id;
        return "toolu_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
    }
}
