using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Routing.Sticky;

/// <summary>
/// What makes calls one conversation: the run that they say they belong to, or else the beginning of the prompt, up to and with the user's first message, which
/// every later call repeats. The same bytes are what a vendor's prompt cache goes by.
/// </summary>
internal static class ConversationOf
{
    private const int HashedMax = 16 * 1024; // of each part

    /// <summary>Never 0.</summary>
    public static ulong Call(Call call)
    {
        var hash = new XxHash3(unchecked((long)call.Key.Account.Value));
        hash.Append(Encoding.UTF8.GetBytes(call.Model.Id));
        if (call.Run is { } run)
            hash.Append(Encoding.UTF8.GetBytes(run));
        else
            AppendBeginning(hash, call.Body.Span);
        return Math.Max(1, hash.GetCurrentHashAsUInt64());
    }

    /// <summary>The body has been read as JSON before, or is a form, which has no conversation.</summary>
    private static void AppendBeginning(XxHash3 hash, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body[0] != (byte)'{' && body.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
            return;
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 128 });
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isTurns = json.ValueTextEquals("messages"u8) || json.ValueTextEquals("input"u8) || json.ValueTextEquals("contents"u8);
            var isSystem =
                json.ValueTextEquals("system"u8) || json.ValueTextEquals("instructions"u8) || json.ValueTextEquals("systemInstruction"u8);
            json.Read();
            if (isTurns && json.TokenType == JsonTokenType.StartArray)
            {
                AppendTurns(hash, body, ref json);
                return; // what stands behind may change from call to call
            }
            var start = json.TokenStartIndex;
            json.Skip();
            if (isTurns || isSystem)
                Append(hash, body[(int)start..(int)json.BytesConsumed]);
        }
    }

    private static void AppendTurns(XxHash3 hash, ReadOnlySpan<byte> body, ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            var start = json.TokenStartIndex;
            var isUser = false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isRole = json.ValueTextEquals("role"u8);
                json.Read();
                isUser |= isRole && json.TokenType == JsonTokenType.String && json.ValueTextEquals("user"u8);
                json.Skip();
            }
            Append(hash, body[(int)start..(int)json.BytesConsumed]);
            if (isUser)
                return;
        }
    }

    private static void Append(XxHash3 hash, ReadOnlySpan<byte> part) => hash.Append(part[..Math.Min(part.Length, HashedMax)]);
}
