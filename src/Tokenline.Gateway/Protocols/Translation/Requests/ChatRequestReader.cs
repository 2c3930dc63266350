using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

internal static class ChatRequestReader
{
    public static Conversation Read(JsonElement body, TranslationNotes notes) => throw new NotSupportedException();
}
