using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

internal static class ChatRequestWriter
{
    public static void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        throw new NotSupportedException();
}
