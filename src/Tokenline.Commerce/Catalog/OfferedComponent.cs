namespace Tokenline.Commerce.Catalog;

/// <summary>A part of a bundle that others deliver, such as a broadband line: named, sold under the bundle's order and price, and known by a reference.</summary>
/// <param name="Id">Within the offering; the order gives its reference under this name.</param>
/// <param name="Category">What kind of thing it is, such as <c>broadband</c> or <c>dedicated-line</c>.</param>
/// <param name="NeedsReference">An order says which line it is; otherwise it may.</param>
public sealed record OfferedComponent(string Id, string Name, string Category, bool NeedsReference = true)
{
    public const int CountMax = 8;
    public const int ReferenceLengthMax = 64;
    private const int NameLengthMax = 128;

    public static Refused? WhatIsWrong(IReadOnlyList<OfferedComponent?>? components)
    {
        if (components is { Count: 0 or > CountMax })
            return Refused.Invalid("components", $"1 to {CountMax}, or leave it out.");
        for (var i = 0; i < components?.Count; i++)
        {
            var field = $"components[{i}]";
            if (components[i] is not { } one)
                return Refused.Invalid(field, "A component is an object.");
            if (
                Parties.Customer.WhatIsWrongWith("id", one.Id) is not null
                || one.Id is null
                || components.Take(i).Any(other => other!.Id == one.Id)
            )
                return Refused.Invalid($"{field}.id", "1 to 32 lower-case letters, digits and hyphens, each once.");
            if (one.Name is not { Length: > 0 and <= NameLengthMax })
                return Refused.Invalid($"{field}.name", $"A name has 1 to {NameLengthMax} characters.");
            if (one.Category is null || Parties.Customer.WhatIsWrongWith("category", one.Category) is not null)
                return Refused.Invalid($"{field}.category", "1 to 32 lower-case letters, digits and hyphens, such as broadband.");
        }
        return null;
    }

    /// <summary>Why these references do not fit what is sold; null: they do.</summary>
    public static Refused? WhatIsWrong(IReadOnlyList<OfferedComponent> components, IReadOnlyDictionary<string, string> references)
    {
        foreach (var (id, reference) in references)
        {
            if (components.All(one => one.Id != id))
                return Refused.Invalid($"references.{id}", "This offering has no such component.");
            if (reference is not { Length: > 0 and <= ReferenceLengthMax } || reference.Any(char.IsControl))
                return Refused.Invalid($"references.{id}", $"A reference has 1 to {ReferenceLengthMax} characters.");
        }
        return components.FirstOrDefault(one => one.NeedsReference && !references.ContainsKey(one.Id)) is { } missing
            ? Refused.Invalid($"references.{missing.Id}", $"Which {missing.Name} is it? Give its reference.")
            : null;
    }
}
