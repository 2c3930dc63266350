using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Files;

namespace Tokenline.Gateway.Batches;

/// <summary>The lines of a batch's files.</summary>
internal static class OutputLine
{
    private static readonly JsonWriterOptions options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>A line that was answered, by a vendor or by a refusal.</summary>
    public static byte[] Of(BatchId batch, BatchLine line, LineAnswer answer) =>
        Write(
            batch,
            line,
            json =>
            {
                json.WriteStartObject("response"u8);
                json.WriteNumber("status_code"u8, answer.Status);
                json.WriteString("request_id"u8, answer.Headers["x-request-id"].ToString());
                json.WritePropertyName("body"u8);
                WriteBody(json, answer.Body);
                json.WriteEndObject();
                json.WriteNull("error"u8);
            }
        );

    /// <summary>A line that was not run.</summary>
    public static byte[] Of(BatchId batch, BatchLine line, string code, string message) =>
        Write(
            batch,
            line,
            json =>
            {
                json.WriteNull("response"u8);
                json.WriteStartObject("error"u8);
                json.WriteString("code"u8, code);
                json.WriteString("message"u8, message);
                json.WriteEndObject();
            }
        );

    private static byte[] Write(BatchId batch, BatchLine line, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, string.Create(CultureInfo.InvariantCulture, $"batch_req_{batch.ToString()[6..]}_{line.Number}"));
            json.WriteString("custom_id"u8, line.CustomId);
            write(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>As it came where it is on one line; line ends between its tokens are not text, so a body over several lines is written anew.</summary>
    private static void WriteBody(Utf8JsonWriter json, byte[] body)
    {
        if (body.AsSpan().IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            json.WriteRawValue(body, skipInputValidation: true);
            return;
        }
        using var document = JsonDocument.Parse(body, new() { MaxDepth = 256 });
        document.RootElement.WriteTo(json);
    }
}

/// <summary>A file that a batch writes, piece by piece. Without a line there is no file.</summary>
internal sealed class OutputFile(IFileStore files, StoredFile file) : IDisposable
{
    private readonly MemoryStream open = new();
    private long bytes;
    private int pieces;

    /// <summary>As it is when all is written; null: there is none.</summary>
    public StoredFile? Written => bytes == 0 ? null : file with { Bytes = bytes };

    public async Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        if (bytes == 0)
            await files.BeginAsync(file, cancellation);
        bytes += line.Length;
        open.Write(line.Span);
        if (open.Length >= IFileStore.PieceBytesMax)
            await FlushAsync(cancellation);
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        if (open.Length == 0)
            return;
        await files.AppendAsync(file.Id, pieces++, open.ToArray(), cancellation);
        open.SetLength(0);
    }

    public void Dispose() => open.Dispose();
}
