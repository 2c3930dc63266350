using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Tokens;

/// <summary>
/// Counts text with the public o200k_base vocabulary: exact for OpenAI's models since GPT-4o; for all others an estimate, multiplied by the
/// published <see cref="OtherVocabularyPercent"/>. One per process, thread-safe. The vocabulary takes about a second to load: call
/// <see cref="WarmUp"/> at start, off the request path.
/// </summary>
internal static class TokenCounter
{
    /// <summary>The published factor, in percent, for models whose vocabulary is not o200k_base.</summary>
    public const int OtherVocabularyPercent = 120;

    private const int TokensPerMessage = 4; // <|im_start|>, role, separator, <|im_end|>
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
    /// the chat format's marks. Exact to a few tokens for plain text under o200k_base; tools are printed by rules vendors do not publish.
    /// </summary>
    public static long CountPrompt(ReadOnlySpan<byte> body, in ChatRequest request, bool isO200k)
    {
        var text = new ArrayBufferWriter<byte>(Math.Max(256, (int)Math.Min(request.PromptBytes, body.Length)));
        var marks = CollectPrompt(body, text);
        var tokens = Count(text.WrittenSpan) + marks + ((long)request.MessageCount * TokensPerMessage) + TokensPerAnswerPrefix;
        return isO200k ? tokens : WithFactor(tokens);
    }

    private static long WithFactor(long tokens) => ((tokens * OtherVocabularyPercent) + 99) / 100;

    /// <summary>Appends the texts, each on a line of its own, and returns the number of values that are not texts, as a token each.</summary>
    private static long CollectPrompt(ReadOnlySpan<byte> body, IBufferWriter<byte> text)
    {
        long marks = 0;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        var isMessages = false;
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            // A top-level name.
            isMessages = reader.ValueTextEquals("messages"u8);
            var isPrompt = IsPrompt(ref reader);
            reader.Read();
            if (!isPrompt)
            {
                reader.Skip();
                continue;
            }
            var depth = reader.CurrentDepth;
            do
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isPayload = isMessages && reader.CurrentDepth == PartDepth && (MemberName.Is(ref reader, "image_url"u8) || MemberName.Is(ref reader, "input_audio"u8));
                    if (isPayload)
                        reader.Skip();
                    else if (!isMessages)
                        AppendLine(ref reader, text);
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    AppendLine(ref reader, text);
                }
                else if (reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
                {
                    marks++;
                }
            } while (reader.CurrentDepth > depth && reader.Read() || NextInside(ref reader, depth));
        }
        return marks;
    }

    private static bool NextInside(ref Utf8JsonReader reader, int depth) =>
        reader.CurrentDepth == depth && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.Read();

    private static bool IsPrompt(ref Utf8JsonReader reader)
    {
        Span<byte> folded = stackalloc byte[MemberName.BytesMax];
        var length = MemberName.Fold(reader.ValueSpan, reader.ValueIsEscaped, folded, out _);
        return TopLevelFields.Find(folded[..length], out _) is TopLevelField.Messages or TopLevelField.Tools or TopLevelField.Functions or TopLevelField.ExtraBody or TopLevelField.Unknown;
    }

    private static void AppendLine(ref Utf8JsonReader reader, IBufferWriter<byte> text)
    {
        if (JsonText.AppendTo(ref reader, text) > 0)
            text.Write("\n"u8);
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
