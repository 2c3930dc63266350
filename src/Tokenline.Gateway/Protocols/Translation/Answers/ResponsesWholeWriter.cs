namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>A response as one object, written at the end.</summary>
/// <param name="vendor">Whose reasoning <c>encrypted_content</c> carries.</param>
internal sealed class ResponsesWholeWriter(AnswerContext context, Protocol vendor) : ResponsesWriter(context, vendor, isStream: false);
