using System.Buffers;
using System.Text;
using Tokenline.Charging.Tariffs;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Tests.OpenAI;

public sealed class ChatMeterTests
{
    private readonly ChatMeter meter = new();
    private readonly ArrayBufferWriter<byte> text = new();

    [Theory]
    [InlineData("{\"content\":\"Hi \\u4f60\\n\"}", "Hi 你\n")]
    [InlineData("{\"role\":\"assistant\",\"content\":\"\"}", "")]
    [InlineData("{\"reasoning_content\":\"think\",\"content\":null}", "think")]
    [InlineData("{\"refusal\":\"no\"}", "no")]
    [InlineData(
        "{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]}",
        "f{\"a\":1}"
    )]
    [InlineData("{\"tool_calls\":[{\"function\":{\"arguments\":{\"a\":1}}}]}", "{\"a\":1}")]
    [InlineData("{\"tool_calls\":[{\"type\":\"custom\",\"custom\":{\"name\":\"g\",\"input\":\"xyz\"}}]}", "gxyz")]
    [InlineData("{\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}}", "f{}")]
    [InlineData("{\"reasoning\":\"same\",\"reasoning_content\":\"same\"}", "same")]
    [InlineData(
        "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"same\",\"format\":\"long enough\"}],\"reasoning\":\"same\"}",
        "same"
    )]
    [InlineData("{\"reasoning_details\":[{\"text\":\"only\"}],\"reasoning\":null}", "only")]
    [InlineData(
        "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]},{\"type\":\"text\",\"text\":\"ok\"}]}",
        "hmok"
    )]
    [InlineData("{\"content\":\"\\ud83d\"}", "\uFFFD")]
    [InlineData("{\"con\\ud83dtent\":\"x\"}", "")]
    public void Delivered_output_is_collected_once(string delta, string expected)
    {
        var payload = Read("{\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}");
        Assert.Equal(expected, Encoding.UTF8.GetString(text.WrittenSpan));
        Assert.Equal(text.WrittenCount, payload.TextBytes);
        Assert.Equal(expected.Length > 0, payload.Has(AnswerPayloadKinds.Text));
    }

    [Fact]
    public void A_message_repeated_beside_the_delta_is_not_counted_again()
    {
        Read("{\"choices\":[{\"delta\":{\"content\":\"b\"},\"message\":{\"content\":\"ab\"}}]}");
        Assert.Equal("b", Encoding.UTF8.GetString(text.WrittenSpan));
    }

    [Fact]
    public void Each_choice_ends_once()
    {
        Read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"\"}]}");
        Assert.Equal(0, meter.Facts.FinishedChoices);
        Assert.True(Read("{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}").Has(AnswerPayloadKinds.Finish));
        Read("{\"choices\":[{\"delta\":{},\"index\":1,\"finish_reason\":\"stop\"}]}");
        Assert.Equal(1, meter.Facts.FinishedChoices);
        Read("{\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}");
        Assert.Equal(2, meter.Facts.FinishedChoices);
        Assert.Equal("tool_calls", meter.Facts.FinishReason());
    }

    [Fact]
    public void Id_model_and_time_are_those_of_the_first_chunk_that_has_them()
    {
        Read("{\"id\":\"\",\"model\":\"\",\"created\":0,\"choices\":[],\"prompt_filter_results\":[]}");
        Read("{\"id\":\"a\",\"model\":\"m\\u0031\",\"created\":7,\"choices\":[]}");
        Read("{\"id\":\"b\",\"model\":\"m2\",\"created\":8,\"choices\":[]}");
        Assert.Equal("\"a\"", Encoding.UTF8.GetString(meter.Facts.IdToken));
        Assert.Equal("m1", meter.Facts.Model());
        Assert.Equal(7, meter.Facts.Created);
    }

    [Fact]
    public void The_service_class_is_the_last_one_that_is_named_and_known()
    {
        Read("{\"service_tier\":null,\"choices\":[]}");
        Assert.Null(meter.Facts.Service);
        Read("{\"service_tier\":\"auto\",\"choices\":[]}");
        Assert.Null(meter.Facts.Service);
        Read("{\"service_tier\":\"priority\",\"choices\":[]}");
        Read("{\"service_tier\":\"default\",\"choices\":[]}");
        Read("{\"service_tier\":\"golden\",\"choices\":[]}");
        Assert.Equal(ServiceClass.Standard, meter.Facts.Service);
    }

    // "empty choices without usage (Azure)"
    [Fact]
    public void Empty_choices_without_usage_are_nothing_special() =>
        Assert.Equal(AnswerPayloadKinds.Other, Read("{\"choices\":[],\"prompt_filter_results\":[{}]}").Kinds);

    [Fact]
    public void Usage_without_any_choices_member_is_a_usage_chunk() =>
        Assert.True(Read("{\"usage\":{\"total_tokens\":1}}").Has(AnswerPayloadKinds.UsageOnly));

    [Theory]
    [InlineData("[DONE]")]
    [InlineData(" [DONE] ")]
    public void Done_is_done(string data)
    {
        Assert.Equal(AnswerPayloadKinds.Done, Read(data).Kinds);
        Assert.True(meter.IsDone);
    }

    // "data after [DONE]", "JSON preceded by padding"
    [Fact]
    public void Data_after_done_and_behind_padding_is_read()
    {
        Read("[DONE]");
        Assert.True(Read("  \n {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}").Has(AnswerPayloadKinds.Usage));
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"x\"}}", "{\"message\":\"x\"}")]
    [InlineData("{\"error\":\"x\",\"choices\":[]}", "\"x\"")]
    [InlineData("{\"object\":\"error\",\"message\":\"x\"}", "{\"object\":\"error\",\"message\":\"x\"}")]
    [InlineData(
        "{\"base_resp\":{\"status_code\":1004,\"status_msg\":\"x\"}}",
        "{\"base_resp\":{\"status_code\":1004,\"status_msg\":\"x\"}}"
    )]
    public void An_error_is_seen_wherever_it_is(string data, string error)
    {
        var payload = Read(data);
        Assert.True(payload.Has(AnswerPayloadKinds.Error));
        Assert.Equal(error, data.Substring(payload.ErrorValue.Start, payload.ErrorValue.Length));
    }

    [Theory]
    [InlineData("{\"error\":null,\"choices\":[]}")]
    [InlineData("{\"error\":\"\",\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"}}")]
    public void No_error_is_no_error(string data) => Assert.False(Read(data).Has(AnswerPayloadKinds.Error));

    [Fact]
    public void An_event_named_error_is_an_error_whatever_it_holds() =>
        Assert.True(meter.Read("{\"message\":\"x\"}"u8, text, isErrorEvent: true).Has(AnswerPayloadKinds.Error));

    [Theory]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{\"choices\":[")]
    [InlineData("{} x")]
    public void What_is_not_an_object_is_a_vendor_failure(string data)
    {
        Assert.Equal(AnswerPayloadKinds.NotJson, Read(data).Kinds);
        Assert.Equal(AnswerPayloadKinds.NotJson, ChatAnswerReader.Read(Encoding.UTF8.GetBytes(data), new ChatAnswerFacts(), text).Kinds);
    }

    [Theory]
    [InlineData("{\"choices\":5,\"usage\":\"x\",\"id\":{},\"model\":[],\"created\":\"1\"}")]
    [InlineData("{\"choices\":[7,null,[{}],{\"delta\":[1],\"index\":\"a\",\"finish_reason\":{}}]}")]
    [InlineData("{\"choices\":[{\"index\":-1,\"finish_reason\":\"stop\"},{\"index\":4000000000,\"finish_reason\":\"stop\"}]}")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":7,\"tool_calls\":\"x\",\"reasoning\":{}}}],\"x_groq\":[],\"base_resp\":[]}")]
    public void Odd_types_break_nothing(string data) => Assert.False(Read(data).Has(AnswerPayloadKinds.NotJson));

    [Fact]
    public void A_whole_answer_gives_its_text_and_its_end()
    {
        const string body =
            "{\"id\":\"a\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"},{\"index\":1,\"message\":{\"content\":\"you\"},\"finish_reason\":\"length\"}]}";
        var facts = new ChatAnswerFacts();
        var payload = ChatAnswerReader.Read(Encoding.UTF8.GetBytes(body), facts, text);
        Assert.Equal(AnswerPayloadKinds.Answer | AnswerPayloadKinds.Text | AnswerPayloadKinds.Finish, payload.Kinds);
        Assert.Equal("helloyou", Encoding.UTF8.GetString(text.WrittenSpan));
        Assert.Equal(2, facts.FinishedChoices);
    }

    [Fact]
    public void A_reset_meter_remembers_nothing()
    {
        Read("{\"id\":\"a\",\"model\":\"m\",\"created\":7,\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":1}}");
        Read("[DONE]");
        meter.Reset();
        Assert.False(meter.IsDone || meter.Facts.HasUsage || meter.Facts.IsFinished(0) || meter.Facts.Created != 0);
        Assert.True(meter.Facts.IdToken.IsEmpty && meter.Facts.ModelToken.IsEmpty && meter.Facts.FinishReasonToken.IsEmpty);
    }

    private AnswerPayload Read(string data) => meter.Read(Encoding.UTF8.GetBytes(data), text);
}
