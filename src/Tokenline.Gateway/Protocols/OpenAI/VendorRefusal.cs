using System.Text;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>A field of chat completions that a vendor answers with a 400 or 422, though it is well formed.</summary>
/// <param name="Field">A member of the body, <c>messages[].</c> and a member of a message, or <c>response_format.json_schema</c>.</param>
/// <param name="Action">A hint is left out and told. Without anything else the answer would have another shape or meaning: then the call goes to another deployment, or is refused.</param>
/// <param name="Why">For the documentation, and for the refusal.</param>
internal sealed record VendorRefusal(string Field, LossAction Action, string Why)
{
    private const string OfMessage = "messages[].";

    /// <summary>The models over there that refuse it; null: all.</summary>
    public VendorModels? Of { get; init; }

    /// <summary>The member's name as it is searched for; <c>n</c> and <c>name</c> would be found in any body, their quotes make them rare.</summary>
    public byte[] Quoted { get; } = Encoding.UTF8.GetBytes($"\"{Member(Field)}\"");

    public ReadOnlySpan<byte> Name => Quoted.AsSpan(1..^1);

    public bool IsOfMessage => Field.StartsWith(OfMessage, StringComparison.Ordinal);

    public bool IsOf(string model) => Of is null || Of.Includes(model);

    private static string Member(string field) =>
        field.StartsWith(OfMessage, StringComparison.Ordinal) ? field[OfMessage.Length..] : field.Split('.')[0];
}

/// <summary>Models of a vendor, by how their names begin.</summary>
/// <param name="Words">What to call them in the documentation.</param>
internal sealed record VendorModels(string Words, Func<string, bool> Includes);
