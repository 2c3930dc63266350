using System.Text;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Takes the operator's key out of what a vendor says, should it quote it.</summary>
internal static class Redaction
{
    private const int TellingPart = 8;

    public static byte[] Without(string? key, ReadOnlySpan<byte> words)
    {
        if (key is null || key.Length < TellingPart)
            return words.ToArray();
        var text = Encoding.UTF8.GetString(words);
        return Encoding.UTF8.GetBytes(
            text.Replace(key, "***", StringComparison.Ordinal).Replace(key[^TellingPart..], "***", StringComparison.Ordinal)
        );
    }
}
