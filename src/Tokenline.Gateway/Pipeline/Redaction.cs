using System.Text;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Takes the operator's key out of what a vendor says, should it quote it whole or by its end.</summary>
internal static class Redaction
{
    private const int KeyLengthMin = 16; // a shorter one is a word of a demo, and words occur
    private const int TellingPart = 8;

    public static byte[] Without(string? key, ReadOnlySpan<byte> words)
    {
        if (key is null || key.Length < KeyLengthMin)
            return words.ToArray();
        var text = Encoding.UTF8.GetString(words);
        return Encoding.UTF8.GetBytes(
            text.Replace(key, "***", StringComparison.Ordinal).Replace(key[^TellingPart..], "***", StringComparison.Ordinal)
        );
    }
}
