using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Errors;

/// <summary>Writes rejections in OpenAI's shape: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal static class OpenAIErrors
{
    public static Task WriteAsync(HttpContext context, Rejection rejection, DateTimeOffset now) =>
        ErrorAnswer.WriteAsync(
            context,
            rejection,
            now,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("error"u8);
                json.WriteString("message"u8, ErrorAnswer.Message(rejection));
                json.WriteString("type"u8, rejection.Problem.Type);
                json.WriteString("param"u8, rejection.Param);
                json.WriteString("code"u8, rejection.Problem.Code);
                if (rejection.First is { } charge)
                    json.WriteString("charge_id"u8, charge.ToString());
                if (rejection.ResetsAt is { } resets)
                    json.WriteString("resets_at"u8, resets.UtcDateTime);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
}
