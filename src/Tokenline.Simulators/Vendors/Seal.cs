using System.Buffers.Binary;
using System.Text;

namespace Tokenline.Simulators.Vendors;

/// <summary>
/// Opaque text that only the simulator can have made and that must come back byte for byte: signatures of thinking, encrypted reasoning.
/// It shows its own genuineness, so that nothing has to be remembered. No secret: it guards against mistakes, not against forgers.
/// </summary>
internal static class Seal
{
    private const int Bytes = 104; // padded in base64, so that lost padding shows

    /// <summary>The same for the same content and request.</summary>
    public static string Make(ReadOnlySpan<byte> kind, ulong request, ReadOnlySpan<byte> content)
    {
        Span<byte> seal = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(seal, request);
        BinaryPrimitives.WriteUInt64LittleEndian(seal[8..], AnswerRequest.HashOf(content));
        Finish(seal, kind);
        return Convert.ToBase64String(seal);
    }

    /// <summary>Whether the text is a seal of that kind, and of that content unless it is empty.</summary>
    public static bool IsGenuine(string text, ReadOnlySpan<byte> kind, string content = "")
    {
        Span<byte> seal = stackalloc byte[Bytes];
        if (!Convert.TryFromBase64String(text, seal, out var length) || length != Bytes)
            return false;
        var claimed = BinaryPrimitives.ReadUInt64LittleEndian(seal[8..]);
        Finish(seal, kind);
        return text == Convert.ToBase64String(seal)
            && (content.Length == 0 || claimed == AnswerRequest.HashOf(Encoding.UTF8.GetBytes(content)));
    }

    /// <summary>All that follows from the first sixteen bytes.</summary>
    private static void Finish(Span<byte> seal, ReadOnlySpan<byte> kind)
    {
        var hash = AnswerRequest.HashOf(seal[..16], AnswerRequest.HashOf(kind));
        for (var at = 16; at < Bytes; at += 8)
        {
            hash = AnswerRequest.HashOf(seal[..at], hash);
            // The hash has 48 bits; twice it fills the eight bytes.
            BinaryPrimitives.WriteUInt64LittleEndian(seal[at..], hash * 0x9E3779B97F4A7C15);
        }
    }
}
