using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Tokens;

/// <summary>
/// Counts text with the public o200k_base vocabulary: exact for OpenAI's models since GPT-4o; for all others an estimate, multiplied by the
/// published <see cref="OtherVocabularyPercent"/>. One per process, thread-safe. The vocabulary takes a second or two to load: call
/// <see cref="WarmUp"/> at start, off the request path.
/// </summary>
internal static class TokenCounter
{
    /// <summary>The published factor, in percent, for models whose vocabulary is not o200k_base.</summary>
    public const int OtherVocabularyPercent = 120;

    /// <summary>A prompt's text beyond this is not counted, which would take seconds, but bounded by its bytes.</summary>
    public const int CountedBytesMax = 512 * 1024;

    private const int TokensPerMessage = 3; // <|im_start|>, separator, <|im_end|>; the role is counted as the text it is
    private const int TokensPerAnswerPrefix = 3;
    private const int PartDepth = 5; // root { messages [ message { content [ part {

    // Text is counted in pieces: merging is quadratic in the length of one unbroken word. A cut costs at most a token or two.
    private const int PieceBytesMax = 4 * 1024;

    private static readonly Lazy<TiktokenTokenizer> vocabulary = new(
        static () => TiktokenTokenizer.CreateForEncoding("o200k_base"),
        LazyThreadSafetyMode.ExecutionAndPublication
    );

    public static bool IsReady => vocabulary.IsValueCreated;

    public static void WarmUp() => vocabulary.Value.CountTokens("warm");

    /// <summary>Tokens of UTF-8 text; bytes that are not UTF-8 count as replacement characters.</summary>
    public static long Count(ReadOnlySpan<byte> utf8)
    {
        var tokenizer = vocabulary.Value;
        var chars = ArrayPool<char>.Shared.Rent(PieceBytesMax);
        long tokens = 0;
        while (!utf8.IsEmpty)
        {
            var piece = utf8[..PieceLength(utf8)];
            var length = Encoding.UTF8.GetChars(piece, chars);
            tokens += tokenizer.CountTokens(chars.AsSpan(0, length), considerPreTokenization: true, considerNormalization: false);
            utf8 = utf8[piece.Length..];
        }
        ArrayPool<char>.Shared.Return(chars);
        return tokens;
    }

    /// <summary>The same for a model with another vocabulary: an estimate.</summary>
    public static long Estimate(ReadOnlySpan<byte> utf8) => WithFactor(Count(utf8));

    /// <summary>
    /// Input tokens of a request without its images and audio: every string that may become prompt, the names inside tools and schemas, and
    /// the chat format's marks; never above <see cref="PromptBound"/>. Exact to a few tokens for plain text under o200k_base; tools are
    /// printed by rules that vendors do not publish.
    /// </summary>
    public static long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k)
    {
        var tokens = CountStrings(body) + ((long)request.MessageCount * TokensPerMessage) + TokensPerAnswerPrefix;
        return Math.Min(isO200k ? tokens : WithFactor(tokens), PromptBound.Of(request, tokensPerImageMax: 0));
    }

    /// <summary>The same for a body of another protocol.</summary>
    public static long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, BodyShape shape, bool isO200k)
    {
        var tokens = CountStrings(body, shape) + ((long)request.MessageCount * TokensPerMessage) + TokensPerAnswerPrefix;
        return Math.Min(isO200k ? tokens : WithFactor(tokens), PromptBound.Of(request, tokensPerImageMax: 0));
    }

    private static long CountStrings(ReadOnlySpan<byte> body, BodyShape shape)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(PieceBytesMax);
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        long tokens = 0;
        var budget = CountedBytesMax;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = shape.Find(reader.ValueSpan)?.Field ?? BodyField.Unknown;
            reader.Read();
            if (field is not (BodyField.Turns or BodyField.Tools or BodyField.Unknown or BodyField.Settings))
            {
                reader.Skip();
                continue;
            }
            var depth = reader.CurrentDepth;
            var isTools = field == BodyField.Tools;
            if (reader.TokenType == JsonTokenType.String)
                tokens += CountString(ref reader, ref scratch, ref budget);
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                continue;
            while (reader.Read() && reader.CurrentDepth > depth)
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName when !isTools && IsUnread(ref reader):
                        reader.Skip();
                        break;
                    case JsonTokenType.PropertyName when isTools:
                    case JsonTokenType.String:
                        tokens += CountString(ref reader, ref scratch, ref budget);
                        break;
                    case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                        tokens++;
                        break;
                    default:
                        break;
                }
            }
        }
        ArrayPool<byte>.Shared.Return(scratch);
        return tokens;
    }

    /// <summary>Words for a block's kind, seals, ids, and payloads that are no text.</summary>
    private static bool IsUnread(ref Utf8JsonReader reader)
    {
        if (
            reader.ValueTextEquals("type"u8)
            || reader.ValueTextEquals("role"u8)
            || reader.ValueTextEquals("id"u8)
            || reader.ValueTextEquals("signature"u8)
            || reader.ValueTextEquals("thoughtSignature"u8)
            || reader.ValueTextEquals("encrypted_content"u8)
            || reader.ValueTextEquals("cache_control"u8)
        )
            return true;
        if (
            !reader.ValueTextEquals("data"u8)
            && !reader.ValueTextEquals("file_data"u8)
            && !reader.ValueTextEquals("image_url"u8)
            && !reader.ValueTextEquals("url"u8)
        )
            return false;
        var value = reader;
        value.Read();
        return value.TokenType == JsonTokenType.String && value.ValueSpan[..Math.Min(value.ValueSpan.Length, 512)].IndexOf((byte)' ') < 0;
    }

    private static long WithFactor(long tokens) => ((tokens * OtherVocabularyPercent) + 99) / 100;

    private static long CountStrings(ReadOnlySpan<byte> body)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(PieceBytesMax);
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        long tokens = 0;
        var budget = CountedBytesMax;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldAt(ref reader);
            reader.Read();
            var isContainer = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject;
            if (!MayBePrompt(field))
            {
                reader.Skip();
                continue;
            }
            if (!isContainer)
            {
                if (reader.TokenType == JsonTokenType.String)
                    tokens += CountString(ref reader, ref scratch, ref budget);
                continue;
            }
            for (var depth = reader.CurrentDepth; reader.Read() && reader.CurrentDepth > depth; )
                tokens += CountToken(ref reader, field == TopLevelField.Messages, ref scratch, ref budget);
        }
        ArrayPool<byte>.Shared.Return(scratch);
        return tokens;
    }

    private static TopLevelField FieldAt(ref Utf8JsonReader reader)
    {
        Span<byte> folded = stackalloc byte[MemberName.BytesMax];
        var length = MemberName.Fold(reader.ValueSpan, reader.ValueIsEscaped, folded, out _);
        return TopLevelFields.Find(folded[..Math.Max(length, 0)], out _);
    }

    private static bool MayBePrompt(TopLevelField field) =>
        field
            is TopLevelField.Messages
                or TopLevelField.Tools
                or TopLevelField.Functions
                or TopLevelField.ExtraBody
                or TopLevelField.Unknown;

    private static long CountToken(ref Utf8JsonReader reader, bool isMessages, ref byte[] scratch, ref int budget)
    {
        switch (reader.TokenType)
        {
            // Payloads are priced by the vendor's formula, and the word for a part's kind is not printed.
            case JsonTokenType.PropertyName when isMessages && reader.CurrentDepth == PartDepth && IsPartMark(ref reader):
                reader.Skip();
                return 0;
            case JsonTokenType.PropertyName when isMessages:
                return 0;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                return CountString(ref reader, ref scratch, ref budget);
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                return 1;
            default:
                return 0;
        }
    }

    private static bool IsPartMark(ref Utf8JsonReader reader) =>
        MemberName.Is(ref reader, "image_url"u8) || MemberName.Is(ref reader, "input_audio"u8) || MemberName.Is(ref reader, "type"u8);

    private static long CountString(ref Utf8JsonReader reader, ref byte[] scratch, ref int budget)
    {
        var raw = reader.ValueSpan;
        if (raw.Length > budget)
            return raw.Length;
        budget -= raw.Length;
        if (!reader.ValueIsEscaped)
            return Count(raw);
        if (scratch.Length < raw.Length)
        {
            ArrayPool<byte>.Shared.Return(scratch);
            scratch = ArrayPool<byte>.Shared.Rent(raw.Length);
        }
        return Count(scratch.AsSpan(0, JsonText.Unescape(raw, scratch)));
    }

    /// <summary>A piece ends behind white space if it can, and never inside a character.</summary>
    private static int PieceLength(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= PieceBytesMax)
            return utf8.Length;
        var line = utf8[..PieceBytesMax].LastIndexOf((byte)'\n');
        if (line > PieceBytesMax / 2)
            return line + 1;
        var space = utf8[..PieceBytesMax].LastIndexOf((byte)' ');
        if (space > PieceBytesMax / 2)
            return space; // the space belongs to the word behind it
        var length = PieceBytesMax;
        while (length > PieceBytesMax - 4 && (utf8[length] & 0xC0) == 0x80)
            length--;
        return length;
    }
}
