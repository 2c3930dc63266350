namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>The events of a response, each with its number, in OpenAI's order.</summary>
/// <param name="vendor">Whose reasoning <c>encrypted_content</c> carries.</param>
internal sealed class ResponsesStreamWriter(AnswerContext context, Protocol vendor) : ResponsesWriter(context, vendor, isStream: true);
