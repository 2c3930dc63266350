namespace Tokenline.Commerce.Parties;

/// <summary>A person (TMF632), known by the phone number that they have confirmed. One person may belong to several customers.</summary>
/// <param name="PhoneNumber">E.164; unique.</param>
public sealed record Individual(IndividualId Id, string PhoneNumber, string Name, DateTimeOffset CreatedAt);
