using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Storage.Queues.Models;
using IdcFunctions.LocalHost.Host;
using NCrontab;

namespace IdcFunctions.LocalHost.Tests.Host;

public sealed partial class InvocationEnvelopeTests
{
    [Theory]
    [InlineData("queue-json-object.http")]
    [InlineData("queue-plain-text.http")]
    [InlineData("queue-json-array.http")]
    [InlineData("queue-json-number.http")]
    [InlineData("queue-dequeuecount-3.http")]
    [InlineData("queue-poison.http")]
    [InlineData("queue-forged-metadata.http")]
    [InlineData("queue-with-appinsights-traceparent.http")]
    public void A_queue_message_s_envelope_is_the_recorded_one(string file)
    {
        var recorded = HttpText.Recorded(file);
        using var envelope = JsonDocument.Parse(recorded.Body);
        var metadata = envelope.RootElement.GetProperty("Metadata");
        var text = JsonSerializer.Deserialize<string>(envelope.RootElement.GetProperty("Data").GetProperty("msg").GetString()!)!;
        var count = metadata.GetProperty("DequeueCount").GetString()!;
        var message = QueuesModelFactory.QueueMessage(
            JsonSerializer.Deserialize<string>(metadata.GetProperty("Id").GetString()!)!,
            JsonSerializer.Deserialize<string>(metadata.GetProperty("PopReceipt").GetString()!)!,
            text,
            count.StartsWith('"') ? 1 : int.Parse(count, null),
            metadata.GetProperty("NextVisibleTime").GetDateTimeOffset().AddMilliseconds(7),
            metadata.GetProperty("InsertionTime").GetDateTimeOffset().AddMilliseconds(7),
            metadata.GetProperty("ExpirationTime").GetDateTimeOffset().AddMilliseconds(7));

        var made = InvocationEnvelope.OfQueue(new QueueTrigger(recorded.Line.Split(' ')[1][1..], "msg", "queue"), message, TimeOf(metadata));

        Assert.Equal(Comparable(recorded.Text), Comparable(Encoding.UTF8.GetString(made)));
    }

    [Theory]
    [InlineData("timer.http", "0 * * * * *")]
    [InlineData("timer-subminute-no-monitor.http", "*/10 * * * * *")]
    public void A_timer_s_envelope_is_the_recorded_one(string file, string schedule)
    {
        var recorded = HttpText.Recorded(file);
        using var envelope = JsonDocument.Parse(recorded.Body);
        var status = envelope.RootElement.GetProperty("Data").GetProperty("timer").GetProperty("ScheduleStatus");
        var now = TimeOf(envelope.RootElement.GetProperty("Metadata"));
        var isMonitored = status.ValueKind == JsonValueKind.Object;
        var trigger = new TimerTrigger(recorded.Line.Split(' ')[1][1..], "timer", CrontabSchedule.Parse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true }), false);

        var made = InvocationEnvelope.OfTimer(
            trigger, isMonitored ? status.GetProperty("Last").GetDateTimeOffset() : now, isMonitored ? status.GetProperty("Next").GetDateTimeOffset() : now, now);

        Assert.Equal(Comparable(recorded.Text), Comparable(Encoding.UTF8.GetString(made)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("eyJhIjoxfQ==")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("\"\\")]
    [InlineData("tab\tand \"quotes\" and 日本 and 🔬")]
    public void Text_arrives_as_it_was_sent_whatever_it_is(string text)
    {
        using var envelope = JsonDocument.Parse(InvocationEnvelope.OfQueue(new QueueTrigger("f", "msg", "queue"), Message(text), DateTimeOffset.UnixEpoch));

        Assert.Equal(text, JsonSerializer.Deserialize<string>(envelope.RootElement.GetProperty("Data").GetProperty("msg").GetString()!));
    }

    [Fact]
    public void Of_two_properties_with_one_name_the_later_one_is_in_the_metadata()
    {
        using var envelope = JsonDocument.Parse(InvocationEnvelope.OfQueue(new QueueTrigger("f", "msg", "queue"), Message("""{"a":1,"a":2}"""), DateTimeOffset.UnixEpoch));

        Assert.Equal("\"2\"", envelope.RootElement.GetProperty("Metadata").GetProperty("a").GetString());
    }

    [Fact]
    public void A_property_named_like_a_trigger_is_not_in_the_metadata()
    {
        using var envelope = JsonDocument.Parse(InvocationEnvelope.OfQueue(new QueueTrigger("f", "msg", "queue"), Message("""{"queueTrigger":"x","b":1}"""), DateTimeOffset.UnixEpoch));

        Assert.False(envelope.RootElement.GetProperty("Metadata").TryGetProperty("queueTrigger", out _));
        Assert.True(envelope.RootElement.GetProperty("Metadata").TryGetProperty("b", out _));
    }

    [Fact]
    public void A_call_s_time_has_no_zeros_at_its_end()
    {
        // As in http-envelope-post-json.http.
        var envelope = InvocationEnvelope.OfQueue(new QueueTrigger("f", "msg", "queue"), Message(""), new DateTimeOffset(2026, 11, 23, 15, 45, 53, TimeSpan.Zero).AddTicks(8516380));

        Assert.Contains("\"UtcNow\":\"2026-11-23T15:45:53.851638Z\"", Encoding.UTF8.GetString(envelope), StringComparison.Ordinal);
    }

    private static QueueMessage Message(string text) =>
        QueuesModelFactory.QueueMessage("id", "receipt", text, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>The recorded time of the call; a forged message has put something else there.</summary>
    private static DateTimeOffset TimeOf(JsonElement metadata) =>
        metadata.GetProperty("sys").TryGetProperty("UtcNow", out var time) ? time.GetDateTimeOffset() : DateTimeOffset.UnixEpoch;

    private static string Comparable(string envelope) => RandGuid().Replace(envelope, "\"RandGuid\":\"*\"");

    [GeneratedRegex("\"RandGuid\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"")]
    private static partial Regex RandGuid();
}
