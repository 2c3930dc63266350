using System.Globalization;
using Tokenline.Commerce;

namespace Tokenline.Management.Api;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Next">Give it back as <c>before</c> for the older ones; absent when there are none.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>The whole of a list that is short.</summary>
public sealed record Listing<T>(IReadOnlyList<T> Items);

/// <summary>What a caller said about the page it wants.</summary>
internal sealed record PageQuery<TKind>(Id<TKind>? Before, int Limit)
    where TKind : struct, IIdKind
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;

    public static Outcome<PageQuery<TKind>> Read(string? before, string? limit)
    {
        var count = LimitDefault;
        if (
            limit is not null
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > LimitMax)
        )
            return Refused.Invalid("limit", $"The limit is a whole number from 1 to {LimitMax}.");
        if (before is null)
            return new PageQuery<TKind>(null, count);
        return Id<TKind>.TryParse(before, out var id)
            ? new PageQuery<TKind>(id, count)
            : Refused.Invalid("before", $"An id of the form {TKind.Prefix}_… is expected.");
    }

    /// <param name="found">At most <see cref="Limit"/> + 1 items: one more than fits tells that there are older ones.</param>
    public Page<TBody> Of<T, TBody>(IReadOnlyList<T> found, Func<T, TBody> body, Func<T, Id<TKind>> id)
    {
        var shown = found.Take(Limit).ToList();
        return new([.. shown.Select(body)], found.Count > Limit ? id(shown[^1]).ToString() : null);
    }
}
