using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Tokenline.Gateway.Protocols.Translation.Answers;

namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>
/// Carries a vendor's reasoning through a client's protocol that has only one opaque string for it: <c>encrypted_content</c> of responses and
/// <c>thoughtSignature</c> of Gemini. It holds the blocks one after the other, text and seal of each, so that all return byte for byte whatever the
/// client does with the text it was shown; and it names the vendor's protocol, so that no vendor is given the seal of another.
/// </summary>
/// <remarks>
/// Base64 of <c>TLR1</c>, a letter for the vendor's protocol, and for each block: <c>s</c> (sealed text) or <c>r</c> (redacted: only its seal), the
/// lengths of seal and text as 32-bit numbers, seal, text. It is no secret and no proof: a client could have sent the same in the open.
/// </remarks>
internal static class ReasoningSeal
{
    private const byte Signed = (byte)'s';
    private const byte Redacted = (byte)'r';
    private const int HeadBytes = 5;
    private const int BlockHeadBytes = 9;

    private static ReadOnlySpan<byte> Mark => "TLR1"u8;

    public static void Add(PooledText to, Protocol vendor, ReadOnlySpan<byte> text, ReadOnlySpan<byte> seal, bool isRedacted = false)
    {
        if (to.IsEmpty)
        {
            to.Append(Mark);
            to.Append(Letter(vendor));
        }
        to.Append(isRedacted ? Redacted : Signed);
        Span<byte> lengths = stackalloc byte[BlockHeadBytes - 1];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, seal.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], text.Length);
        to.Append(lengths);
        to.Append(seal);
        to.Append(text);
    }

    /// <summary>What has been added, as the client gets it.</summary>
    public static void Encode(PooledText blocks, IBufferWriter<byte> to)
    {
        var space = to.GetSpan(Base64.GetMaxEncodedToUtf8Length(blocks.Length));
        Base64.EncodeToUtf8(blocks.Span, space, out _, out var written);
        to.Advance(written);
    }

    /// <summary>The reasoning inside; null if this is no seal of ours, or one for a vendor of another protocol.</summary>
    public static List<ReasoningPart>? Open(string sealedText, Protocol vendor)
    {
        var bytes = new byte[sealedText.Length / 4 * 3 + 3];
        if (!Convert.TryFromBase64String(sealedText, bytes, out var length) || length < HeadBytes)
            return null;
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, length);
        if (!rest.StartsWith(Mark) || rest[Mark.Length] != Letter(vendor))
            return null;
        List<ReasoningPart> parts = [];
        for (rest = rest[HeadBytes..]; !rest.IsEmpty; )
        {
            if (rest.Length < BlockHeadBytes || rest[0] is not (Signed or Redacted))
                return null;
            var isRedacted = rest[0] == Redacted;
            var sealLength = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
            var textLength = BinaryPrimitives.ReadInt32LittleEndian(rest[5..]);
            rest = rest[BlockHeadBytes..];
            if (sealLength < 0 || textLength < 0 || (long)sealLength + textLength > rest.Length)
                return null;
            var seal = sealLength == 0 ? null : Encoding.UTF8.GetString(rest[..sealLength]);
            var text = Encoding.UTF8.GetString(rest.Slice(sealLength, textLength));
            parts.Add(isRedacted ? new ReasoningPart(text, null, seal) : new ReasoningPart(text, seal));
            rest = rest[(sealLength + textLength)..];
        }
        return parts;
    }

    private static byte Letter(Protocol vendor) =>
        vendor switch
        {
            Protocol.Chat => (byte)'c',
            Protocol.Messages => (byte)'m',
            Protocol.Gemini => (byte)'g',
            _ => (byte)'r',
        };
}
