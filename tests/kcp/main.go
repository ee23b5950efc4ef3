// A client and a server of nano over kcp-go, for `cargo xtask kcp`.
//
//	kcp client <address>   plays with a server of nano, and prints PASS
//	kcp server             prints its address, and answers one client of nano after another
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/xtaci/kcp-go/v5"
)

// The types of packets.
const (
	handshake    = 1
	handshakeAck = 2
	heartbeat    = 3
	data         = 4
	kick         = 5
)

// The time that a conversation may take.
const limit = 60 * time.Second

// The settings of kcp-go's sessions, from its defaults to those that games use.
var settings = []func(*kcp.UDPSession){
	func(*kcp.UDPSession) {},
	func(session *kcp.UDPSession) {
		session.SetStreamMode(true)
		session.SetNoDelay(1, 10, 2, 1)
		session.SetWindowSize(128, 128)
	},
	func(session *kcp.UDPSession) {
		session.SetNoDelay(1, 20, 2, 0)
		session.SetMtu(500)
		session.SetACKNoDelay(true)
		session.SetWriteDelay(true)
	},
}

func main() {
	err := errors.New("expected `client <address>` or `server`")
	switch {
	case len(os.Args) == 3 && os.Args[1] == "client":
		err = play(os.Args[2])
	case len(os.Args) == 2 && os.Args[1] == "server":
		err = serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kcp:", err)
		os.Exit(1)
	}
}

func play(address string) error {
	for number, set := range settings {
		if err := playOnce(address, set); err != nil {
			return fmt.Errorf("settings %d: %w", number, err)
		}
	}
	fmt.Println("PASS")
	return nil
}

func playOnce(address string, set func(*kcp.UDPSession)) error {
	session, err := kcp.DialWithOptions(address, nil, 0, 0)
	if err != nil {
		return err
	}
	defer session.Close()
	set(session)
	session.SetDeadline(time.Now().Add(limit))

	if err := write(session, handshake, []byte("{}")); err != nil {
		return err
	}
	answer, err := expect(session, handshake)
	if err != nil {
		return err
	}
	if !bytes.Contains(answer, []byte(`"code":200`)) {
		return fmt.Errorf("the handshake is answered with %s", answer)
	}
	if err := write(session, handshakeAck, nil); err != nil {
		return err
	}
	for id, length := range []int{0, 1, 100, 1151, 1176, 1177, 1376, 1377, 20_000, 60_000, 60_000} {
		body := text(length)
		if err := write(session, data, request(uint64(id+1), "desk.echo", body)); err != nil {
			return err
		}
		reply, err := expect(session, data)
		if err != nil {
			return fmt.Errorf("%d bytes: %w", length, err)
		}
		// A response, and its id.
		if expected := append([]byte{4, byte(id + 1)}, body...); !bytes.Equal(reply, expected) {
			return fmt.Errorf("%d bytes come back as %d others", length, len(reply)-2)
		}
	}
	// Many that do not wait for one another.
	sent := make(chan error, 1)
	go func() {
		for id := range uint64(500) {
			if err := write(session, data, request(id+1, "desk.echo", text(int(id)))); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for id := range uint64(500) {
		reply, err := expect(session, data)
		if err != nil {
			return err
		}
		expected := append(binary.AppendUvarint([]byte{4}, id+1), text(int(id))...)
		if !bytes.Equal(reply, expected) {
			return fmt.Errorf("request %d has another's reply", id+1)
		}
	}
	if err := <-sent; err != nil {
		return err
	}
	// The application's kick reaches a stock client.
	if err := write(session, data, request(0, "desk.kick", nil)); err != nil {
		return err
	}
	reason, err := expect(session, kick)
	if err != nil {
		return err
	}
	if !bytes.Contains(reason, []byte("cheating")) {
		return fmt.Errorf("kicked with %s", reason)
	}
	return nil
}

func serve() error {
	listener, err := kcp.ListenWithOptions("127.0.0.1:0", nil, 0, 0)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	for number := 0; ; number++ {
		session, err := listener.AcceptKCP()
		if err != nil {
			return err
		}
		settings[number%len(settings)](session)
		session.SetDeadline(time.Now().Add(limit))
		go func() {
			defer session.Close()
			if err := answer(session); err != nil {
				fmt.Fprintln(os.Stderr, "kcp:", err)
			}
		}()
	}
}

// Answers each request with its own body, until the client says goodbye.
func answer(session *kcp.UDPSession) error {
	for {
		kind, body, err := read(session)
		if err != nil {
			return err
		}
		switch kind {
		case handshake:
			err = write(session, handshake, []byte(`{"code":200,"sys":{"heartbeat":30}}`))
		case heartbeat:
			err = write(session, heartbeat, nil)
		case data:
			id, length := binary.Uvarint(body[1:])
			route := 1 + length
			end := route + 1 + int(body[route])
			err = write(session, data, append(binary.AppendUvarint([]byte{4}, id), body[end:]...))
		case kick:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Returns a request, or without an id a notify.
func request(id uint64, route string, body []byte) []byte {
	message := []byte{2}
	if id > 0 {
		message = binary.AppendUvarint([]byte{0}, id)
	}
	message = append(message, byte(len(route)))
	message = append(message, route...)
	return append(message, body...)
}

func text(length int) []byte {
	text := make([]byte, length)
	for at := range text {
		text[at] = byte(at * at % 251)
	}
	return text
}

func write(session *kcp.UDPSession, kind byte, body []byte) error {
	packet := []byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}
	_, err := session.Write(append(packet, body...))
	return err
}

func read(session *kcp.UDPSession) (byte, []byte, error) {
	var header [4]byte
	if _, err := io.ReadFull(session, header[:]); err != nil {
		return 0, nil, err
	}
	body := make([]byte, int(header[1])<<16|int(header[2])<<8|int(header[3]))
	_, err := io.ReadFull(session, body)
	return header[0], body, err
}

// Returns the body of the next packet that is no heartbeat.
func expect(session *kcp.UDPSession, wanted byte) ([]byte, error) {
	for {
		kind, body, err := read(session)
		switch {
		case err != nil:
			return nil, fmt.Errorf("packet %d: %w", wanted, err)
		case kind == wanted:
			return body, nil
		case kind != heartbeat:
			return nil, fmt.Errorf("packet %d instead of %d: %s", kind, wanted, body)
		}
	}
}
