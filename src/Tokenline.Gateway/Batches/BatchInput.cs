using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tokenline.Commerce.Batches;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Batches;

/// <summary>What is wrong with a batch's file, in OpenAI's shape.</summary>
internal sealed record BatchError(string Code, string Message, string? Param, int? Line);

/// <summary>Reads a batch's file line by line, and says of each line whether it can be run.</summary>
internal sealed class BatchInput(string endpoint, int linesMax, int lineBytesMax)
{
    public const int ErrorsMax = 100;
    private const int CustomIdLengthMax = 512;

    private static readonly JsonDocumentOptions options = new() { MaxDepth = 256 };
    private readonly HashSet<string> customIds = new(StringComparer.Ordinal);
    private readonly List<BatchError> errors = [];
    private int lines;

    public IReadOnlyList<BatchError> Errors => errors;

    /// <summary>The lines that are valid. The errors are known when it is through.</summary>
    public async IAsyncEnumerable<BatchLine> ReadAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> pieces,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var open = new MemoryStream(); // the line that a piece ends in
        var number = 0;
        await foreach (var piece in pieces.WithCancellation(cancellation))
        {
            var rest = piece;
            int end;
            while ((end = rest.Span.IndexOf((byte)'\n')) >= 0)
            {
                open.Write(rest.Span[..end]);
                rest = rest[(end + 1)..];
                if (Read(++number, Taken(open)) is { } line)
                    yield return line;
                if (errors.Count >= ErrorsMax)
                    yield break;
            }
            open.Write(rest.Span);
            if (open.Length > lineBytesMax)
            {
                Wrong("line_too_large", $"The line is larger than {lineBytesMax} bytes.", null, number + 1);
                yield break;
            }
        }
        if (Read(++number, Taken(open)) is { } last)
            yield return last;
        if (lines == 0 && errors.Count == 0)
            Wrong("empty_file", "The file has no lines.", null, null);
    }

    private static ReadOnlyMemory<byte> Taken(MemoryStream open)
    {
        var line = open.ToArray();
        open.SetLength(0);
        return line;
    }

    private BatchLine? Read(int number, ReadOnlyMemory<byte> json)
    {
        if (json.Span.Trim(" \t\r"u8).IsEmpty)
            return null;
        if (++lines > linesMax)
        {
            if (lines == linesMax + 1)
                Wrong("too_many_tasks", $"A batch has at most {linesMax} lines.", null, number);
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(json, options);
            return Read(number, document.RootElement);
        }
        catch (JsonException)
        {
            Wrong("invalid_json_line", "This line is not parseable as valid JSON.", null, number);
            return null;
        }
    }

    private BatchLine? Read(int number, JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
            return Wrong("invalid_json_line", "This line is not a JSON object.", null, number);
        if (MemberText.Of(line, "custom_id") is not { Length: > 0 and <= CustomIdLengthMax } customId)
            return Wrong(
                "missing_required_parameter",
                $"'custom_id' must be a text of 1 to {CustomIdLengthMax} characters.",
                "custom_id",
                number
            );
        if (!customIds.Add(customId))
            return Wrong("duplicate_custom_id", $"The custom_id '{customId}' is there twice.", "custom_id", number);
        if (MemberText.Of(line, "method") != "POST")
            return Wrong("invalid_method", "'method' must be POST.", "method", number);
        if (MemberText.Of(line, "url") != endpoint)
            return Wrong("mismatched_endpoint", $"'url' must be the batch's endpoint, {endpoint}.", "url", number);
        if (!line.TryGetProperty("body", out var body) || body.ValueKind != JsonValueKind.Object)
            return Wrong("missing_required_parameter", "'body' must be the request's object.", "body", number);
        return new(number, customId, LineState.Pending, 1, JsonMarshal.GetRawUtf8Value(body).ToArray());
    }

    private BatchLine? Wrong(string code, string message, string? param, int? line)
    {
        if (errors.Count < ErrorsMax)
            errors.Add(new(code, message, param, line));
        return null;
    }

    public static string ToJson(IEnumerable<BatchError> errors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (var error in errors)
            {
                json.WriteStartObject();
                json.WriteString("code"u8, error.Code);
                json.WriteString("message"u8, error.Message);
                json.WriteString("param"u8, error.Param);
                if (error.Line is { } line)
                    json.WriteNumber("line"u8, line);
                else
                    json.WriteNull("line"u8);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
