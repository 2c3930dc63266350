using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Parties;

/// <summary>What kind of party a customer is (TMF632). A phone number pays for at most one customer of each type.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CustomerType>))]
public enum CustomerType
{
    /// <summary>A person for themselves.</summary>
    [JsonStringEnumMemberName("individual")]
    Individual = 1,

    /// <summary>Its owner is its head, whose phone bill pays for all of it.</summary>
    [JsonStringEnumMemberName("household")]
    Household = 2,

    [JsonStringEnumMemberName("organization")]
    Organization = 3,
}
